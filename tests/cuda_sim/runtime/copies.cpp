#include "tests/cuda_sim/runtime/copies.h"

#include <cstring>
#include <memory>
#include <vector>

#include "tests/cuda_sim/machine/text.h"
#include "tests/cuda_sim/runtime/capture.h"
#include "tests/cuda_sim/runtime/device_bytes.h"
#include "tests/cuda_sim/runtime/host_memory.h"
#include "tests/cuda_sim/runtime/queue.h"

namespace cuda_sim::runtime {
namespace {

struct Side {
  DeviceState* device = nullptr;  // null: the host
  std::uint64_t address = 0;
  bool pinned = false;
  std::uint64_t extent = 0;  // from the first to past the last byte

  std::byte* host() const { return reinterpret_cast<std::byte*>(address); }
};

Side side_of(State& state, const void* pointer, std::size_t pitch, const Copy& wanted,
             const char* what) {
  Side side;
  side.address = reinterpret_cast<std::uint64_t>(pointer);
  side.extent = (wanted.height - 1) * pitch + wanted.width;
  side.device = state.owner(side.address);
  if (wanted.height > 1 && pitch < wanted.width) {
    refuse(cudaErrorInvalidPitchValue, Fault::kHost,
           std::string("the ") + what + "'s pitch of " + counted(pitch, "byte") +
               " is less than the width of " + counted(wanted.width, "byte"));
  }
  if (pointer == nullptr) {
    refuse(cudaErrorInvalidValue, Fault::kHost, std::string("the ") + what + " is null");
  }
  if (side.device != nullptr) {
    require_range(*side.device, side.address, side.extent, what);
  } else {
    side.pinned = find_pinned(state, pointer, side.extent) != nullptr;
  }
  return side;
}

void require_direction(cudaMemcpyKind kind, const Side& from, const Side& to) {
  if (kind == cudaMemcpyDefault) return;
  const bool from_device = kind == cudaMemcpyDeviceToHost || kind == cudaMemcpyDeviceToDevice;
  const bool to_device = kind == cudaMemcpyHostToDevice || kind == cudaMemcpyDeviceToDevice;
  if (kind < cudaMemcpyHostToHost || kind > cudaMemcpyDefault) {
    refuse(cudaErrorInvalidMemcpyDirection, Fault::kHost,
           "there is no copy direction " + std::to_string(static_cast<int>(kind)));
  }
  const auto place = [](bool device) { return device ? "device" : "host"; };
  if (from_device != (from.device != nullptr)) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           std::string("the direction says that the source is ") + place(from_device) +
               " memory, but it is " + place(!from_device) + " memory");
  }
  if (to_device != (to.device != nullptr)) {
    refuse(cudaErrorInvalidValue, Fault::kHost,
           std::string("the direction says that the target is ") + place(to_device) +
               " memory, but it is " + place(!to_device) + " memory");
  }
}

// The rows of a copy, one piece when they lie without gaps.
struct Rows {
  std::size_t to_pitch, from_pitch, width, height;

  explicit Rows(const Copy& c)
      : to_pitch(c.to_pitch), from_pitch(c.from_pitch), width(c.width), height(c.height) {
    if (height > 1 && to_pitch == width && from_pitch == width) {
      width *= height;
      height = 1;
    }
  }
  template <class F>
  void each(F&& f) const {
    for (std::size_t row = 0; row < height; ++row) f(row * to_pitch, row * from_pitch, width);
  }
};

Work to_device(const Copy& wanted, const Side& from, const Side& to,
               std::shared_ptr<const std::vector<std::byte>> staged) {
  Work work;
  work.device_memory = {to.address};
  if (from.pinned) work.host = {{from.host(), from.extent, false}};
  work.run = [rows = Rows(wanted), &target = to.device->device, at = to.address, host = from.host(),
              staged = std::move(staged)](Device&) {
    const std::byte* const source = staged == nullptr ? host : staged->data();
    rows.each([&](std::size_t t, std::size_t f, std::size_t n) {
      write_device(target, at + t, source + f, n);
    });
  };
  return work;
}

Work from_device(const Copy& wanted, const Side& from, const Side& to) {
  Work work;
  work.device_memory = {from.address};
  if (to.pinned) work.host = {{to.host(), to.extent, true}};
  work.run = [rows = Rows(wanted), &source = from.device->device, at = from.address,
              host = to.host(), where = std::string(this_thread().call)](Device&) {
    rows.each([&](std::size_t t, std::size_t f, std::size_t n) {
      read_device(source, at + f, host + t, n, where);
    });
  };
  return work;
}

Work between_devices(const Copy& wanted, const Side& from, const Side& to) {
  Work work;
  work.device_memory = {from.address, to.address};
  work.run = [rows = Rows(wanted), &source = from.device->device, &target = to.device->device,
              at = from.address, to_at = to.address](Device&) {
    rows.each([&](std::size_t t, std::size_t f, std::size_t n) {
      move_device(source, at + f, target, to_at + t, n);
    });
  };
  return work;
}

void copy_on_host(State& state, Stream& stream, const Copy& wanted, bool asynchronous) {
  if (asynchronous) {
    refuse(cudaErrorNotSupported, Fault::kHost,
           "asynchronous copies from host to host memory are not simulated");
  }
  wait_stream(state, stream);
  Rows(wanted).each([&](std::size_t t, std::size_t f, std::size_t n) {
    std::memmove(static_cast<std::byte*>(wanted.to) + t,
                 static_cast<const std::byte*>(wanted.from) + f, n);
  });
}

void copy_to_device(State& state, Stream& stream, const Copy& wanted, const Side& from,
                    const Side& to, bool asynchronous) {
  std::shared_ptr<const std::vector<std::byte>> staged;
  if (!from.pinned) {
    if (asynchronous) {
      ++state.totals.staged_copies;
    } else {
      wait_stream(state, stream);
    }
    staged = std::make_shared<const std::vector<std::byte>>(from.host(), from.host() + from.extent);
  }
  Work work = to_device(wanted, from, to, std::move(staged));
  work.name = this_thread().call;
  work.blocking_call = !asynchronous;
  const OperationPtr operation = submit(state, stream, std::move(work));
  // From pageable memory the call returns when the data is staged; it may land later.
  if (!asynchronous && from.pinned) wait(state, operation);
}

void copy_from_device(State& state, Stream& stream, const Copy& wanted, const Side& from,
                      const Side& to, bool asynchronous) {
  Work work = from_device(wanted, from, to);
  work.name = this_thread().call;
  if (asynchronous && !to.pinned) ++state.totals.staged_copies;
  const OperationPtr operation = submit(state, stream, std::move(work));
  if (!asynchronous || !to.pinned) wait(state, operation);
}

}  // namespace

void require_range(DeviceState& device, std::uint64_t address, std::uint64_t bytes,
                   const std::string& what) {
  Memory& memory = device.device.memory();
  const Allocation* const inside = memory.find(address);
  const Allocation* const allocation = inside != nullptr ? inside : memory.nearest(address);
  const auto bad = [&](const std::string& text) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "the " + what + text);
  };
  if (allocation == nullptr) bad(" is in no allocation of the device");
  const std::uint64_t offset = address - allocation->address;
  if (inside == nullptr) {
    bad(" begins " + counted(offset - allocation->bytes, "byte") + " past the end of " +
        allocation->describe());
  }
  if (!inside->live) bad(" is in " + inside->describe());
  if (bytes > inside->bytes - offset) {
    bad(" reaches " + counted(bytes - (inside->bytes - offset), "byte") + " past the end of " +
        inside->describe());
  }
}

void copy(State& state, Stream& stream, const Copy& wanted, bool asynchronous) {
  if (wanted.width == 0 || wanted.height == 0) return;
  const Side from = side_of(state, wanted.from, wanted.from_pitch, wanted, "source");
  const Side to = side_of(state, wanted.to, wanted.to_pitch, wanted, "target");
  require_direction(wanted.kind, from, to);
  if (!asynchronous) refuse_unsafe(state);
  const bool pageable =
      (from.device == nullptr && !from.pinned) || (to.device == nullptr && !to.pinned);
  if (stream.capture != nullptr && pageable) {
    stream.capture->invalid = true;
    refuse(cudaErrorStreamCaptureUnsupported, Fault::kHost,
           "a copy from or to pageable memory cannot be captured here; use pinned memory");
  }
  const std::uint64_t bytes = static_cast<std::uint64_t>(wanted.width) * wanted.height;
  const auto count = [bytes](Totals::Copies& copies) {
    ++copies.count;
    copies.bytes += bytes;
  };
  if (from.device == nullptr && to.device == nullptr) {
    copy_on_host(state, stream, wanted, asynchronous);
  } else if (from.device == nullptr) {
    copy_to_device(state, stream, wanted, from, to, asynchronous);
    count(state.totals.to_device);
  } else if (to.device == nullptr) {
    copy_from_device(state, stream, wanted, from, to, asynchronous);
    count(state.totals.from_device);
  } else {
    Work work = between_devices(wanted, from, to);
    work.name = this_thread().call;
    work.blocking_call = !asynchronous;
    submit(state, stream, std::move(work));
    count(state.totals.between_devices);
  }
}

void fill(State& state, Stream& stream, void* to, int value, std::size_t bytes, bool asynchronous) {
  if (bytes == 0) return;
  const auto address = reinterpret_cast<std::uint64_t>(to);
  DeviceState* const device = state.owner(address);
  if (device == nullptr) {
    refuse(cudaErrorInvalidValue, Fault::kHost, "the target is not device memory");
  }
  require_range(*device, address, bytes, "target");
  Work work;
  work.name = this_thread().call;
  work.blocking_call = !asynchronous;
  work.device_memory = {address};
  work.run = [&target = device->device, address, value, bytes](Device&) {
    fill_device(target, address, static_cast<unsigned char>(value), bytes);
  };
  submit(state, stream, std::move(work));
  ++state.totals.memsets;
}

}  // namespace cuda_sim::runtime
