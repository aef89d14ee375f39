# Every outside library the project links, in one place; third_party/README.md says why each.
list(APPEND CMAKE_MODULE_PATH ${CMAKE_CURRENT_LIST_DIR}/cmake)

find_package(Threads REQUIRED)
find_package(OpenMP REQUIRED COMPONENTS CXX)
find_package(JPEG 62 REQUIRED)                     # JPEG::JPEG, libjpeg-turbo
find_package(PNG 1.6 REQUIRED)                     # PNG::PNG
find_package(StbImage REQUIRED)                    # stb::image
find_package(XxHash REQUIRED)                      # xxhash::xxhash
find_package(OpenSSL 3 REQUIRED COMPONENTS Crypto) # OpenSSL::Crypto, for SHA-256
find_package(nlohmann_json 3.11 CONFIG REQUIRED)   # nlohmann_json::nlohmann_json
find_package(HDF5 1.10 REQUIRED COMPONENTS C)      # HDF5::HDF5
find_package(EXPAT 2.4 REQUIRED)                   # EXPAT::EXPAT, for GIFTI and CIFTI; 2.4 bounds entities
find_package(ZLIB REQUIRED)                        # ZLIB::ZLIB, for GIFTI and the tests' .npz goldens
include(cuda_objects)                              # CUDA 12.4 or later, optional: CUDA::cudart_static
if(CORTICAST_CUDA_FOUND)
  find_package(CuDNN 9 QUIET)                      # CuDNN::headers; the library is loaded at run time
  find_file(CORTICAST_CUBLAS_HEADER cublas_v2.h    # of the toolkit; the library is loaded at run time
            PATHS ${CUDAToolkit_INCLUDE_DIRS} NO_DEFAULT_PATH)
  mark_as_advanced(CORTICAST_CUBLAS_HEADER)
endif()
set(CORTICAST_CUDA_BACKEND FALSE)
if(CORTICAST_CUDA_FOUND AND CuDNN_FOUND AND CORTICAST_CUBLAS_HEADER)
  set(CORTICAST_CUDA_BACKEND TRUE)
elseif(CORTICAST_CUDA_FOUND AND CuDNN_FOUND)
  message(STATUS "CUDA: no cublas_v2.h among the toolkit's headers, so CPU only")
elseif(CORTICAST_CUDA_FOUND)
  message(STATUS "CUDA: no headers of cuDNN 9 (CuDNN_INCLUDE_DIR), so CPU only")
endif()
# Ranks of mpirun: a module that the program loads. Not under sanitizers, which every MPI leaks into.
set(CORTICAST_MPI AUTO CACHE STRING "MPI module: AUTO (where MPI is found), ON (required), OFF")
set_property(CACHE CORTICAST_MPI PROPERTY STRINGS AUTO ON OFF)
set(CORTICAST_MPI_FOUND FALSE)
if(CORTICAST_PROGRAMS AND CORTICAST_MPI AND NOT CORTICAST_SANITIZE)
  if(CORTICAST_MPI STREQUAL "AUTO")
    find_package(MPI QUIET COMPONENTS C)           # MPI::MPI_C; 3.0, for MPI_Iallreduce
  else()
    find_package(MPI REQUIRED COMPONENTS C)
  endif()
  if(MPI_C_FOUND)
    set(CORTICAST_MPI_FOUND TRUE)
  else()
    message(STATUS "MPI: not found, so no libcorticast_mpi.so (mpirun corticast encode)")
  endif()
endif()
include(python_extension)                          # nanobind 3, optional, for the Python package
if(CORTICAST_PROGRAMS OR CORTICAST_TESTS)
  find_package(CLI11 2.1 CONFIG REQUIRED)          # CLI11::CLI11
endif()
if(CORTICAST_TESTS)
  find_package(Catch2 CONFIG REQUIRED)             # Catch2::Catch2, version 2.13 or 3
  if(CORTICAST_CUDA_FOUND)
    find_package(Zstd REQUIRED)                    # zstd::zstd, for the PTX inside objects of nvcc
  endif()
endif()
