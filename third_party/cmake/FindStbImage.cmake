# stb_image.h (Debian: libstb-dev). Defines stb::image.
find_path(StbImage_INCLUDE_DIR stb/stb_image.h)
include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(StbImage REQUIRED_VARS StbImage_INCLUDE_DIR)
if(StbImage_FOUND AND NOT TARGET stb::image)
  add_library(stb::image INTERFACE IMPORTED)
  target_include_directories(stb::image SYSTEM INTERFACE ${StbImage_INCLUDE_DIR})
endif()
