# oneDNN (Debian: libdnnl-dev). Defines onednn::onednn. Not the package's own CMake config: Debian's
# asks for OpenCL headers, which a CPU user does not need.
find_path(OneDnn_INCLUDE_DIR dnnl.hpp)
find_library(OneDnn_LIBRARY dnnl)
if(OneDnn_INCLUDE_DIR AND EXISTS ${OneDnn_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h)
  file(STRINGS ${OneDnn_INCLUDE_DIR}/oneapi/dnnl/dnnl_version.h _defines REGEX "DNNL_VERSION_M")
  string(REGEX REPLACE ".*MAJOR +([0-9]+).*MINOR +([0-9]+).*" "\\1.\\2" OneDnn_VERSION "${_defines}")
endif()
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(OneDnn REQUIRED_VARS OneDnn_LIBRARY OneDnn_INCLUDE_DIR
                                  VERSION_VAR OneDnn_VERSION)
if(OneDnn_FOUND AND NOT TARGET onednn::onednn)
  add_library(onednn::onednn UNKNOWN IMPORTED)
  set_target_properties(onednn::onednn PROPERTIES IMPORTED_LOCATION ${OneDnn_LIBRARY}
                        INTERFACE_INCLUDE_DIRECTORIES ${OneDnn_INCLUDE_DIR})
endif()
