# cmake -DOUT=page_assets.cpp -DFOLDER=... -DSCRIPTS="a;b" -P embed.cmake: the page's files as C++.
function(literal name file)
  file(READ "${file}" text)
  string(FIND "${text}" ")asset\"" inside)
  if(NOT inside EQUAL -1)
    message(FATAL_ERROR "${file} holds the end of a raw string")
  endif()
  set(source "${source}const char k${name}[] = R\"asset(${text})asset\";\n" PARENT_SCOPE)
endfunction()

set(source "#include \"engine/plot/page/page_assets.h\"\n\nnamespace corticast {\nnamespace {\n")
literal(Html "${FOLDER}/page.html")
literal(Css "${FOLDER}/page.css")
set(scripts "")
foreach(script IN LISTS SCRIPTS)
  literal(Script_${script} "${FOLDER}/script/${script}.js")
  string(APPEND scripts " + kScript_${script}")
endforeach()
string(APPEND source "}  // namespace\n\nstd::string page_html() { return kHtml; }\n"
       "std::string page_css() { return kCss; }\n"
       "std::string page_script() { return std::string()${scripts}; }\n\n}  // namespace corticast\n")
file(WRITE "${OUT}" "${source}")
