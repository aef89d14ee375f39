# Whether and how CUDA sources are compiled. Sets CORTICAST_CUDA_FOUND and defines
#
#   corticast_cuda_objects(<target> SOURCES a.cu ... ARCHITECTURES 75 80 90)
#
# an OBJECT library with SASS and PTX of each architecture (the simulated device of tests/cuda_sim
# runs the PTX of the objects that ship). Use $<TARGET_OBJECTS:...> or link it; who makes the final
# binary names the runtime it wants (CUDA::cudart_static, or the simulated one): none is linked here.
set(CORTICAST_CUDA AUTO CACHE STRING "CUDA backend: AUTO (when nvcc is found), ON (required), OFF")
set_property(CACHE CORTICAST_CUDA PROPERTY STRINGS AUTO ON OFF)
set(CORTICAST_CUDA_FOUND FALSE)

if(CORTICAST_CUDA STREQUAL "AUTO" OR CORTICAST_CUDA)
  include(CheckLanguage)
  if(NOT CMAKE_CUDA_COMPILER AND NOT DEFINED ENV{CUDACXX})
    # Debian's PATH does not have the toolkit's directory, where NVIDIA's packages put nvcc.
    find_program(CORTICAST_NVCC nvcc HINTS ENV CUDA_PATH ENV CUDA_HOME PATH_SUFFIXES bin
                 PATHS /usr/local/cuda/bin)
    mark_as_advanced(CORTICAST_NVCC)
    if(CORTICAST_NVCC)
      set(ENV{CUDACXX} ${CORTICAST_NVCC})
    endif()
  endif()
  # Both are read by enable_language: a default architecture that the newest nvcc still knows (each
  # target names its own), and no runtime library behind our back.
  if(NOT DEFINED CMAKE_CUDA_ARCHITECTURES)
    set(CMAKE_CUDA_ARCHITECTURES 75)
  endif()
  set(CMAKE_CUDA_RUNTIME_LIBRARY None)
  if(NOT CMAKE_CUDA_HOST_COMPILER AND CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    set(CMAKE_CUDA_HOST_COMPILER ${CMAKE_CXX_COMPILER})
  endif()
  # Tried in a project of its own, so that an nvcc that cannot compile here (a host compiler newer
  # than it knows) leaves a build for the CPU instead of none.
  check_language(CUDA)
  if(CMAKE_CUDA_COMPILER)
    enable_language(CUDA)
    find_package(CUDAToolkit 12.4 QUIET)
  endif()
  if(CMAKE_CUDA_COMPILER AND CUDAToolkit_FOUND)
    set(CORTICAST_CUDA_FOUND TRUE)
    # CMake 3.25.1 (Debian 12) does not know that nvcc takes C++20; CUDA_STANDARD follows
    # CXX_STANDARD.
    if(NOT CMAKE_CUDA20_STANDARD_COMPILE_OPTION)
      set(CMAKE_CUDA20_STANDARD_COMPILE_OPTION -std=c++20)
      set(CMAKE_CUDA20_EXTENSION_COMPILE_OPTION -std=c++20)
    endif()
  endif()
endif()

if(CORTICAST_CUDA_FOUND)
  message(STATUS "CUDA: ${CMAKE_CUDA_COMPILER} ${CMAKE_CUDA_COMPILER_VERSION}")
elseif(CORTICAST_CUDA STREQUAL "AUTO")
  message(STATUS "CUDA: no nvcc of CUDA 12.4 or later that works here, so CPU only")
elseif(CORTICAST_CUDA)
  message(FATAL_ERROR "CORTICAST_CUDA=ON, but no nvcc of CUDA 12.4 or later works here.\n"
                      "  Name it with CUDACXX=/path/to/nvcc or -DCMAKE_CUDA_COMPILER=/path/to/nvcc.")
else()
  message(STATUS "CUDA: switched off (CORTICAST_CUDA=OFF), so CPU only")
endif()

function(corticast_cuda_objects target)
  cmake_parse_arguments(ARG "" "" "SOURCES;ARCHITECTURES" ${ARGN})
  if(NOT ARG_SOURCES OR NOT ARG_ARCHITECTURES OR ARG_UNPARSED_ARGUMENTS)
    message(FATAL_ERROR "corticast_cuda_objects(${target}) needs SOURCES and ARCHITECTURES")
  endif()
  add_library(${target} OBJECT ${ARG_SOURCES})
  # A plain number means --generate-code=arch=compute_NN,code=[compute_NN,sm_NN].
  set_target_properties(${target} PROPERTIES CUDA_ARCHITECTURES "${ARG_ARCHITECTURES}"
                        POSITION_INDEPENDENT_CODE ON CUDA_RUNTIME_LIBRARY None)
  target_include_directories(${target} PRIVATE ${PROJECT_SOURCE_DIR})
  # Line information costs nothing at run time and names file:line in profilers and in reports of
  # the simulated device. Of corticast_options only the host warnings that nvcc's generated code
  # passes are taken, and no sanitizer: it would instrument the registration code before main.
  target_compile_options(
    ${target} PRIVATE -lineinfo -Xcompiler=-Wall,-Wextra,-Wno-unused-parameter)
  # Before 12.8 nvcc packs PTX with LZ4, which the simulated device does not unpack.
  if(CMAKE_CUDA_COMPILER_VERSION VERSION_LESS 12.8)
    target_compile_options(${target} PRIVATE -Xfatbin=--compress=false)
  endif()
  if(CORTICAST_WERROR)
    target_compile_options(${target} PRIVATE -Werror all-warnings)
  endif()
endfunction()
