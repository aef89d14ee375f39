// The XML of the CIFTI-2 files that are written here, https://www.nitrc.org/projects/cifti.
#pragma once

#include <string>
#include <vector>

namespace corticast {

// Dimension 0: maps of these (harmless) names; dimension 1: every grayordinate of the 91k space, or
// of its cortex.
std::string make_cifti_xml(const std::vector<std::string>& names, bool cortex_only);

}  // namespace corticast
