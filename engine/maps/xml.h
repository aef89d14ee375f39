// XML documents of other programs (GIFTI, CIFTI) as a tree.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "engine/base/error.h"

namespace corticast {

struct XmlElement {
  std::string name;
  std::map<std::string, std::string, std::less<>> attributes;
  std::string text;  // its own, without its children's
  std::vector<XmlElement> children;

  // The first child of that name; nullptr where there is none.
  const XmlElement* child(std::string_view wanted) const;
  // An attribute's value; "" where there is none.
  std::string_view attribute(std::string_view wanted) const;
};

// The root element. Documents that declare entities, nest deeper than 32 or have more than a
// million elements are refused, as no such file needs them. source: the file, for messages.
// Throws Error{kUsage}.
XmlElement parse_xml(std::string_view bytes, const std::string& source);

// Metadata as both formats write them: <MetaData><MD><Name/><Value/></MD>...</MetaData>.
std::map<std::string, std::string> xml_metadata(const XmlElement& element);

// Text between tags, or in an attribute's quotes.
std::string xml_escaped(std::string_view text);

}  // namespace corticast
