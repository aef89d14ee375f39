#include "tests/cuda_sim/machine/access.h"

#include <bit>

#include "tests/cuda_sim/machine/block_run.h"
#include "tests/cuda_sim/machine/touch.h"

namespace cuda_sim {
namespace {

// Of 1, 2, 4, 8 or 16 bytes; a call per lane would cost more than the copy.
inline void copy(std::byte* to, const std::byte* from, std::uint32_t bytes) {
  switch (bytes) {
    case 4:
      std::memcpy(to, from, 4);
      return;
    case 8:
      std::memcpy(to, from, 8);
      return;
    case 16:
      std::memcpy(to, from, 16);
      return;
    default:
      std::memcpy(to, from, bytes);
  }
}

Touch make_touch(Warp& warp, const Step& step, const Access& access, bool writes) {
  Touch touch{warp.block, warp.block.of(warp), step, access.bytes, access.bytes};
  touch.writes = writes;
  touch.strong = access.is_volatile;
  touch.read_only = access.read_only;
  return touch;
}

// An identity for a word in global or shared memory.
std::uint64_t word_name(const Region& region, std::uint64_t offset) {
  return region.global ? offset : kSharedWindow + offset;
}

// Splits a generic access into one per space. f(space, lanes, addresses in that space).
template <class F>
void for_spaces(std::uint32_t lanes, const std::uint64_t* addresses, F&& f) {
  std::uint32_t shared = 0;
  std::uint32_t local = 0;
  for_lanes(lanes, [&](unsigned lane) {
    if (addresses[lane] < kSharedWindow) return;
    if (addresses[lane] - kSharedWindow < kWindowBytes) {
      shared |= 1U << lane;
    } else if (addresses[lane] - kLocalWindow < kWindowBytes) {
      local |= 1U << lane;
    }
  });
  const auto windowed = [&](Space space, std::uint32_t some, std::uint64_t window) {
    std::uint64_t inside[kLanes] = {};
    for_lanes(some, [&](unsigned lane) { inside[lane] = addresses[lane] - window; });
    f(space, some, inside);
  };
  if ((lanes & ~(shared | local)) != 0) {
    f(Space::kGlobal, lanes & ~(shared | local), addresses);
  }
  if (shared != 0) windowed(Space::kShared, shared, kSharedWindow);
  if (local != 0) windowed(Space::kLocal, local, kLocalWindow);
}

std::uint64_t locate(const Touch& touch, const Region& region, const Segment& segment) {
  return region.global ? locate_global(touch, segment) : locate_shared(touch, segment);
}

void load_region(const Touch& touch, Region& region, std::uint32_t lanes,
                 const std::uint64_t* addresses, std::byte* values) {
  Segment segments[kLanes];
  const std::uint32_t count = find_segments(lanes, addresses, touch.bytes, true, segments);
  for (std::uint32_t i = 0; i < count; ++i) {
    const Segment& segment = segments[i];
    const std::uint64_t offset = locate(touch, region, segment);
    if (touch.block.checked) {
      if (touch.strong) {
        touch.block.races->acquire(touch.run.warp.index, word_name(region, offset));
      }
      check_segment(touch, region, offset, segment, nullptr);
    }
    const std::byte* from = region.data + offset;
    std::byte* to = values + std::size_t{segment.lane} * touch.bytes;
    if (segment.same != 0) {
      for_lanes(segment.same,
                [&](unsigned lane) { copy(values + lane * touch.bytes, from, touch.bytes); });
    } else if (segment.lanes == 1) {
      copy(to, from, touch.bytes);
    } else {
      std::memcpy(to, from, std::size_t{segment.lanes} * touch.bytes);
    }
  }
}

// Of a strong store by one lane after a fence, or one that is a release itself.
void publish(const Touch& touch, const Access& access, const Region& region, std::uint32_t lane,
             std::uint64_t offset) {
  const std::uint32_t fenced = region.global ? touch.run.fenced_beyond : touch.run.fenced_in_block;
  if (!access.releases && (fenced >> lane & 1U) == 0) return;
  touch.block.races->publish(touch.run.warp.index, word_name(region, offset));
}

void store_region(const Touch& touch, const Access& access, Region& region, std::uint32_t lanes,
                  const std::uint64_t* addresses, const std::byte* values) {
  Segment segments[kLanes];
  const std::uint32_t count = find_segments(lanes, addresses, touch.bytes, false, segments);
  if (!touch.strong) {
    touch.run.fenced_in_block &= ~lanes;
    touch.run.fenced_beyond &= ~lanes;
  }
  for (std::uint32_t i = 0; i < count; ++i) {
    const Segment& segment = segments[i];
    const std::uint64_t offset = locate(touch, region, segment);
    const std::byte* from = values + std::size_t{segment.lane} * touch.bytes;
    const std::size_t bytes = std::size_t{segment.lanes} * touch.bytes;
    if (touch.block.checked) {
      check_segment(touch, region, offset, segment, from);
      region.written.mark(offset, offset + bytes);
      if (touch.strong) {
        for (std::uint32_t j = 0; j < segment.lanes; ++j) {
          publish(touch, access, region, segment.lane + j, offset + j * touch.bytes);
        }
      }
    } else if (region.global) {
      region.written.mark(offset, offset + bytes);
    }
    std::memcpy(region.data + offset, from, bytes);
  }
}

void atomic_region(const Touch& touch, const Access& access, Region& region, std::uint32_t lanes,
                   const std::uint64_t* addresses,
                   const std::function<std::uint64_t(unsigned, std::uint64_t)>& combine,
                   std::uint64_t* old) {
  for_lanes(lanes, [&](unsigned lane) {
    const Segment segment{lane, 1, addresses[lane], 0};
    const std::uint64_t offset = locate(touch, region, segment);
    if (touch.block.checked) {
      check_written(touch, region, offset, segment);
      touch.block.races->acquire(touch.run.warp.index, word_name(region, offset));
      check_segment(touch, region, offset, segment, nullptr);
      publish(touch, access, region, lane, offset);
    }
    if (touch.block.checked || region.global) region.written.mark(offset, offset + touch.bytes);
    old[lane] = 0;
    std::memcpy(&old[lane], region.data + offset, touch.bytes);
    const std::uint64_t value = combine(lane, old[lane]);
    std::memcpy(region.data + offset, &value, touch.bytes);
  });
}

// The bytes of one lane in local memory.
std::byte* local_place(const Touch& touch, unsigned lane, std::uint64_t address) {
  const std::uint64_t size = touch.block.program.local_bytes;
  check_plain(touch, lane, address, size, Fault::kLocalBounds, "the thread's local memory");
  return touch.run.local.data() + lane * size + address;
}

void load_plain(const Touch& touch, Space space, std::uint32_t lanes,
                const std::uint64_t* addresses, std::byte* values) {
  const std::vector<std::byte>& parameters = touch.block.launch.parameters;
  for_lanes(lanes, [&](unsigned lane) {
    const std::byte* from = nullptr;
    if (space == Space::kLocal) {
      from = local_place(touch, lane, addresses[lane]);
    } else {
      check_plain(touch, lane, addresses[lane], parameters.size(), Fault::kParameterBounds,
                  "the kernel's parameters");
      from = parameters.data() + addresses[lane];
    }
    copy(values + std::size_t{lane} * touch.bytes, from, touch.bytes);
  });
}

void load_from(const Touch& touch, Space space, std::uint32_t lanes, const std::uint64_t* addresses,
               std::byte* values) {
  switch (space) {
    case Space::kGlobal:
    case Space::kConst:
      load_region(touch, touch.block.global, lanes, addresses, values);
      return;
    case Space::kShared:
      load_region(touch, touch.block.shared, lanes, addresses, values);
      return;
    case Space::kLocal:
    case Space::kParam:
      load_plain(touch, space, lanes, addresses, values);
      return;
    case Space::kGeneric:
      for_spaces(lanes, addresses,
                 [&](Space part, std::uint32_t some, const std::uint64_t* inside) {
                   load_from(touch, part, some, inside, values);
                 });
  }
}

void store_to(const Touch& touch, const Access& access, Space space, std::uint32_t lanes,
              const std::uint64_t* addresses, const std::byte* values) {
  switch (space) {
    case Space::kGlobal:
    case Space::kConst:
      store_region(touch, access, touch.block.global, lanes, addresses, values);
      return;
    case Space::kShared:
      store_region(touch, access, touch.block.shared, lanes, addresses, values);
      return;
    case Space::kLocal:
      for_lanes(lanes, [&](unsigned lane) {
        copy(local_place(touch, lane, addresses[lane]), values + std::size_t{lane} * touch.bytes,
             touch.bytes);
      });
      return;
    case Space::kParam:
      touch.block.stop(touch.run, touch.step, lanes, Fault::kReadOnlyWrite,
                       "writes a kernel parameter");
    case Space::kGeneric:
      for_spaces(lanes, addresses,
                 [&](Space part, std::uint32_t some, const std::uint64_t* inside) {
                   store_to(touch, access, part, some, inside, values);
                 });
  }
}

void atomic_at(const Touch& touch, const Access& access, Space space, std::uint32_t lanes,
               const std::uint64_t* addresses,
               const std::function<std::uint64_t(unsigned, std::uint64_t)>& combine,
               std::uint64_t* old) {
  switch (space) {
    case Space::kGlobal:
      atomic_region(touch, access, touch.block.global, lanes, addresses, combine, old);
      return;
    case Space::kShared:
      atomic_region(touch, access, touch.block.shared, lanes, addresses, combine, old);
      return;
    case Space::kGeneric:
      for_spaces(lanes, addresses,
                 [&](Space part, std::uint32_t some, const std::uint64_t* inside) {
                   atomic_at(touch, access, part, some, inside, combine, old);
                 });
      return;
    case Space::kLocal:
    case Space::kParam:
    case Space::kConst:
      touch.block.stop(touch.run, touch.step, lanes, Fault::kGlobalBounds,
                       "an atomic operation needs global or shared memory");
  }
}

}  // namespace

void load(Warp& warp, const Step& step, const Access& access, const std::uint64_t* addresses,
          void* values) {
  load_from(make_touch(warp, step, access, false), access.space, warp.active, addresses,
            static_cast<std::byte*>(values));
}

void store(Warp& warp, const Step& step, const Access& access, const std::uint64_t* addresses,
           const void* values) {
  store_to(make_touch(warp, step, access, true), access, access.space, warp.active, addresses,
           static_cast<const std::byte*>(values));
}

void atomic(Warp& warp, const Step& step, const Access& access, const std::uint64_t* addresses,
            const std::function<std::uint64_t(unsigned lane, std::uint64_t old)>& combine,
            std::uint64_t* old) {
  Touch touch = make_touch(warp, step, access, true);
  touch.strong = true;
  atomic_at(touch, access, access.space, warp.active, addresses, combine, old);
}

void fence(Warp& warp, bool beyond_block) {
  WarpRun& run = warp.block.of(warp);
  run.fenced_in_block |= warp.active;
  if (beyond_block) run.fenced_beyond |= warp.active;
}

void report(Warp& warp, const Step& step, std::uint32_t lanes, Fault fault,
            const std::string& message) {
  warp.block.report(warp.block.of(warp), step, lanes, fault, [&] { return message; });
}

void count_non_finite(Warp& warp, const Step&, std::uint32_t nan_lanes,
                      std::uint32_t infinite_lanes) {
  warp.block.counts.nan_results += static_cast<unsigned>(std::popcount(nan_lanes));
  warp.block.counts.infinite_results += static_cast<unsigned>(std::popcount(infinite_lanes));
}

}  // namespace cuda_sim
