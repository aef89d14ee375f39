// The only door to cuDNN: a table of its functions, filled by dlopen, so that one binary runs on
// machines without cuDNN and tests can put a table of their own in its place. cuDNN 9, backend API.
#pragma once

#include <cudnn.h>

#include <string>
#include <vector>

namespace corticast::cuda {

// Each member is the function of cuDNN that its comment names, with that function's contract.
struct CudnnLibrary {
  decltype(&cudnnGetVersion) version;                           // cudnnGetVersion
  decltype(&cudnnGetErrorString) get_error_string;              // cudnnGetErrorString
  decltype(&cudnnGetLastErrorString) get_last_error_string;     // cudnnGetLastErrorString
  decltype(&cudnnCreate) create;                                // cudnnCreate
  decltype(&cudnnDestroy) destroy;                              // cudnnDestroy
  decltype(&cudnnSetStream) set_stream;                         // cudnnSetStream
  decltype(&cudnnBackendCreateDescriptor) create_descriptor;    // cudnnBackendCreateDescriptor
  decltype(&cudnnBackendDestroyDescriptor) destroy_descriptor;  // cudnnBackendDestroyDescriptor
  decltype(&cudnnBackendSetAttribute) set_attribute;            // cudnnBackendSetAttribute
  decltype(&cudnnBackendGetAttribute) get_attribute;            // cudnnBackendGetAttribute
  decltype(&cudnnBackendFinalize) finalize;                     // cudnnBackendFinalize
  decltype(&cudnnBackendExecute) execute;                       // cudnnBackendExecute
};

// File names to try, in order: the value of CORTICAST_CUDNN (a path of libcudnn.so.9) alone when it
// is set, otherwise libcudnn.so.9 wherever the dynamic linker finds it.
std::vector<std::string> cudnn_candidates();

// Loads the first candidate that opens; it stays loaded until the process ends. Throws
// Error{kDevice} naming every candidate and the linker's reason, a missing function, or a version
// that is not cuDNN 9, each with the remedy.
CudnnLibrary open_cudnn(const std::vector<std::string>& candidates);

// The table that the backend uses, opened once. Throws like open_cudnn(), each time anew. Defined
// in library.cpp, which tests leave out to link a definition of their own.
const CudnnLibrary& cudnn_library();

}  // namespace corticast::cuda
