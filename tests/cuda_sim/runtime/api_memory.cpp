// Memory and copies, as cuda_runtime_api.h declares them.
#include <cuda_runtime_api.h>

#include <algorithm>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/runtime/allocations.h"
#include "tests/cuda_sim/runtime/capture.h"
#include "tests/cuda_sim/runtime/copies.h"
#include "tests/cuda_sim/runtime/host_memory.h"
#include "tests/cuda_sim/runtime/launches.h"
#include "tests/cuda_sim/runtime/queue.h"
#include "tests/cuda_sim/runtime/state.h"

namespace cuda_sim::runtime {
namespace {

struct Symbol {
  std::uint64_t address;
  std::uint64_t bytes;
};

Symbol symbol_of(State& state, const void* symbol) {
  const RegisteredVariable* const variable = Registry::instance().variable(symbol);
  if (variable == nullptr) {
    refuse(cudaErrorInvalidSymbol, Fault::kHost, "is given no device variable of this program");
  }
  const std::uint64_t address =
      state.module(state.current(), *variable->binary).variable(variable->name);
  if (address == 0) {
    refuse(cudaErrorInvalidSymbol, Fault::kHost,
           "the PTX for this device has no variable " + variable->name);
  }
  return {address, variable->bytes};
}

void copy_symbol(State& state, Stream& stream, const void* symbol, std::size_t offset,
                 const void* host, bool to_symbol, std::size_t bytes, cudaMemcpyKind kind,
                 bool asynchronous) {
  const Symbol at = symbol_of(state, symbol);
  if (offset > at.bytes || bytes > at.bytes - offset) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           "copies " + counted(bytes, "byte") + " at offset " + std::to_string(offset) +
               " of a variable of " + counted(at.bytes, "byte"));
  }
  Copy wanted;
  wanted.to = to_symbol ? reinterpret_cast<void*>(at.address + offset) : const_cast<void*>(host);
  wanted.from = to_symbol ? host : reinterpret_cast<const void*>(at.address + offset);
  wanted.width = bytes;
  wanted.kind = kind;
  copy(state, stream, wanted, asynchronous);
}

Copy flat(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  Copy wanted;
  wanted.to = to;
  wanted.from = from;
  wanted.width = bytes;
  wanted.kind = kind;
  return wanted;
}

}  // namespace
}  // namespace cuda_sim::runtime

using namespace cuda_sim::runtime;  // the API's own names are global

extern "C" {

cudaError_t cudaMalloc(void** pointer, std::size_t bytes) {
  return api(__func__, [&](State& state) {
    require(pointer);
    refuse_unsafe(state);
    *pointer = allocate_device(state, bytes, "cudaMalloc");
  });
}

cudaError_t cudaFree(void* pointer) {
  return api(__func__, [&](State& state) {
    refuse_unsafe(state);
    free_device(state, pointer);
  });
}

cudaError_t cudaMallocAsync(void** pointer, std::size_t bytes, cudaStream_t stream) {
  return api(__func__, [&](State& state) {
    require(pointer);
    *pointer = allocate_in_stream(state, state.stream(stream), bytes);
  });
}

cudaError_t cudaFreeAsync(void* pointer, cudaStream_t stream) {
  return api(__func__, [&](State& state) { free_in_stream(state, state.stream(stream), pointer); });
}

cudaError_t cudaMallocHost(void** pointer, std::size_t bytes) {
  return api(__func__, [&](State& state) {
    require(pointer);
    refuse_unsafe(state);
    *pointer = allocate_host(state, bytes, "cudaMallocHost", cudaHostAllocDefault);
  });
}

cudaError_t cudaHostAlloc(void** pointer, std::size_t bytes, unsigned flags) {
  return api(__func__, [&](State& state) {
    require(pointer);
    refuse_unsafe(state);
    *pointer = allocate_host(state, bytes, "cudaHostAlloc", flags);
  });
}

cudaError_t cudaFreeHost(void* pointer) {
  return api(__func__, [&](State& state) {
    refuse_unsafe(state);
    free_host(state, pointer);
  });
}

cudaError_t cudaHostRegister(void* pointer, std::size_t bytes, unsigned flags) {
  return api(__func__, [&](State& state) {
    refuse_unsafe(state);
    register_host(state, pointer, bytes, flags);
  });
}

cudaError_t cudaHostUnregister(void* pointer) {
  return api(__func__, [&](State& state) {
    refuse_unsafe(state);
    unregister_host(state, pointer);
  });
}

cudaError_t cudaPointerGetAttributes(cudaPointerAttributes* attributes, const void* pointer) {
  return api(__func__, [&](State& state) {
    require(attributes);
    describe_pointer(state, pointer, attributes);
  });
}

cudaError_t cudaMemcpy(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind) {
  return api(__func__, [&](State& state) {
    copy(state, state.current().legacy, flat(to, from, bytes, kind), false);
  });
}

cudaError_t cudaMemcpyAsync(void* to, const void* from, std::size_t bytes, cudaMemcpyKind kind,
                            cudaStream_t stream) {
  return api(__func__, [&](State& state) {
    copy(state, state.stream(stream), flat(to, from, bytes, kind), true);
  });
}

cudaError_t cudaMemcpy2D(void* to, std::size_t to_pitch, const void* from, std::size_t from_pitch,
                         std::size_t width, std::size_t height, cudaMemcpyKind kind) {
  return api(__func__, [&](State& state) {
    copy(state, state.current().legacy, {to, to_pitch, from, from_pitch, width, height, kind},
         false);
  });
}

cudaError_t cudaMemcpy2DAsync(void* to, std::size_t to_pitch, const void* from,
                              std::size_t from_pitch, std::size_t width, std::size_t height,
                              cudaMemcpyKind kind, cudaStream_t stream) {
  return api(__func__, [&](State& state) {
    copy(state, state.stream(stream), {to, to_pitch, from, from_pitch, width, height, kind}, true);
  });
}

cudaError_t cudaMemset(void* to, int value, std::size_t bytes) {
  return api(__func__,
             [&](State& state) { fill(state, state.current().legacy, to, value, bytes, false); });
}

cudaError_t cudaMemsetAsync(void* to, int value, std::size_t bytes, cudaStream_t stream) {
  return api(__func__,
             [&](State& state) { fill(state, state.stream(stream), to, value, bytes, true); });
}

cudaError_t cudaMemcpyToSymbol(const void* symbol, const void* from, std::size_t bytes,
                               std::size_t offset, cudaMemcpyKind kind) {
  return api(__func__, [&](State& state) {
    copy_symbol(state, state.current().legacy, symbol, offset, from, true, bytes, kind, false);
  });
}

cudaError_t cudaMemcpyToSymbolAsync(const void* symbol, const void* from, std::size_t bytes,
                                    std::size_t offset, cudaMemcpyKind kind, cudaStream_t stream) {
  return api(__func__, [&](State& state) {
    copy_symbol(state, state.stream(stream), symbol, offset, from, true, bytes, kind, true);
  });
}

cudaError_t cudaMemcpyFromSymbol(void* to, const void* symbol, std::size_t bytes,
                                 std::size_t offset, cudaMemcpyKind kind) {
  return api(__func__, [&](State& state) {
    copy_symbol(state, state.current().legacy, symbol, offset, to, false, bytes, kind, false);
  });
}

cudaError_t cudaMemcpyFromSymbolAsync(void* to, const void* symbol, std::size_t bytes,
                                      std::size_t offset, cudaMemcpyKind kind,
                                      cudaStream_t stream) {
  return api(__func__, [&](State& state) {
    copy_symbol(state, state.stream(stream), symbol, offset, to, false, bytes, kind, true);
  });
}

cudaError_t cudaGetSymbolAddress(void** pointer, const void* symbol) {
  return api(__func__, [&](State& state) {
    require(pointer);
    *pointer = reinterpret_cast<void*>(symbol_of(state, symbol).address);
  });
}

cudaError_t cudaGetSymbolSize(std::size_t* bytes, const void* symbol) {
  return api(__func__, [&](State& state) {
    require(bytes);
    *bytes = symbol_of(state, symbol).bytes;
  });
}

}  // extern "C"
