#include "tests/cuda_sim/tests/bugs/host_program.h"

#include <algorithm>

#include "tests/cuda_sim/kernels/kernels.h"
#include "tests/cuda_sim/runtime/session.h"
#include "tests/support/catch.h"

namespace cuda_sim::bugs {
namespace {

using test::must;

std::string text_of(const std::vector<Report>& reports) {
  std::string text;
  for (const Report& report : reports) text += to_string(report) + "\n";
  return text;
}

}  // namespace

Stream::Stream() {
  must(cudaStreamCreateWithFlags(&handle, cudaStreamNonBlocking), "cudaStreamCreateWithFlags");
}

Stream::~Stream() {
  static_cast<void>(cudaStreamDestroy(handle));
}

void Stream::wait_for(const Stream& other) const {
  cudaEvent_t event = nullptr;
  must(cudaEventCreateWithFlags(&event, cudaEventDisableTiming), "cudaEventCreateWithFlags");
  must(cudaEventRecord(event, other.handle), "cudaEventRecord");
  must(cudaStreamWaitEvent(handle, event, 0), "cudaStreamWaitEvent");
  must(cudaEventDestroy(event), "cudaEventDestroy");
}

Pinned::Pinned() {
  must(cudaMallocHost(reinterpret_cast<void**>(&data), kBytes), "cudaMallocHost");
  std::fill_n(data, kCount, 1.0f);
}

Pinned::~Pinned() {
  static_cast<void>(cudaFreeHost(data));
}

void work(float* x, const Stream& stream) {
  must(kernels::arithmetic(x, kCount, 3, stream.handle), "arithmetic");
}

void upload(float* x, const Pinned& from, const Stream& stream) {
  must(cudaMemcpyAsync(x, from.data, kBytes, cudaMemcpyHostToDevice, stream.handle), "upload");
}

void download(const Pinned& to, const float* x, const Stream& stream) {
  must(cudaMemcpyAsync(to.data, x, kBytes, cudaMemcpyDeviceToHost, stream.handle), "download");
}

void check_reported(Fault fault, const std::string& where, std::size_t count) {
  const std::vector<Report> reports = runtime::reports();
  INFO(text_of(reports));
  CHECK(reports.size() == count);
  for (const Report& report : reports) {
    CHECK(to_string(report.fault) == to_string(fault));
    CHECK(report.where.starts_with(where));
  }
}

void check_clean() {
  INFO(text_of(runtime::reports()));
  CHECK(runtime::reports().empty());
}

}  // namespace cuda_sim::bugs
