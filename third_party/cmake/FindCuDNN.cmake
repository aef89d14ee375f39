# cuDNN 9 headers only: the library itself is opened at run time. Defines CuDNN::headers.
find_path(CuDNN_INCLUDE_DIR cudnn.h HINTS ${CUDAToolkit_INCLUDE_DIRS} ENV CUDNN_PATH
          PATH_SUFFIXES include)
if(CuDNN_INCLUDE_DIR AND EXISTS ${CuDNN_INCLUDE_DIR}/cudnn_version.h)
  file(STRINGS ${CuDNN_INCLUDE_DIR}/cudnn_version.h CuDNN_LINES
       REGEX "#define CUDNN_(MAJOR|MINOR|PATCHLEVEL) ")
  string(REGEX REPLACE "[^0-9]+([0-9]+)[^0-9]+([0-9]+)[^0-9]+([0-9]+).*" "\\1.\\2.\\3" CuDNN_VERSION
         "${CuDNN_LINES}")
endif()

include(FindPackageHandleStandardArgs)
find_package_handle_standard_args(CuDNN REQUIRED_VARS CuDNN_INCLUDE_DIR VERSION_VAR CuDNN_VERSION)
mark_as_advanced(CuDNN_INCLUDE_DIR)

if(CuDNN_FOUND AND NOT TARGET CuDNN::headers)
  add_library(CuDNN::headers INTERFACE IMPORTED)
  target_include_directories(CuDNN::headers INTERFACE ${CuDNN_INCLUDE_DIR})
endif()
