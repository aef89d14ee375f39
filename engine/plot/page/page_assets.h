// The page's markup, style and script, as embed.cmake put them into the library.
#pragma once

#include <string>

namespace corticast {

std::string page_html();  // with @POLICY@, @STYLE@, @DATA@ and @SCRIPT@, each once
std::string page_css();
std::string page_script();

}  // namespace corticast
