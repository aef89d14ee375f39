// Exchanges between the lanes of a warp (PTX ISA sections "shfl.sync", "vote.sync", "match.sync",
// "redux.sync", "activemask", "elect.sync"). Lanes that take part are those in warp.active: the
// scheduler brings the member lanes together first.
#include <algorithm>
#include <bit>

#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/families.h"

namespace cuda_sim {
namespace {

constexpr Type kB32{Type::Class::kBits, 32, 1};
constexpr Type kPredicate{Type::Class::kPredicate, 1, 1};

// The executing lane must be in its own member mask.
void check_members(Warp& warp, const Step& step, LaneRef members) {
  const std::uint32_t* mask = warp.read<std::uint32_t>(members);
  std::uint32_t outside = 0;
  for_lanes(warp.active, [&](unsigned lane) {
    if ((mask[lane] >> lane & 1U) == 0) outside |= 1U << lane;
  });
  if (outside != 0) {
    report(warp, step, outside, Fault::kInactiveLane,
           "executes " + step.source->opcode + " without being in its member mask");
  }
}

// Marks the step as one that waits for the lanes of its member mask.
void set_collective(Decoder& decoder, std::size_t member_operand) {
  decoder.step().flow = Flow::kWarpCollective;
  decoder.step().member_operand = static_cast<std::int8_t>(member_operand);
}

// d[|p] as written; a missing p is none.
struct Destinations {
  const ptx::Operand* value;
  const ptx::Operand* predicate;
};

Destinations destinations(Decoder& decoder) {
  const ptx::Operand& operand = decoder.operand(0);
  if (operand.kind != ptx::Operand::Kind::kPair) return {&operand, nullptr};
  return {operand.elements.data(), &operand.elements.at(1)};
}

LaneRef source(Decoder& decoder, std::size_t i, Type type) {
  return decoder.source(decoder.operand(i), type);
}

// Step operands of shfl: a, b, c, member mask, d, p.
enum class Shuffle : std::uint8_t { kUp, kDown, kButterfly, kIndexed };

// The lane that `lane` reads, and whether that lies in range (else it reads itself). b: lane or
// distance, c: clamp in bits 0-4, segment mask in bits 8-12.
struct SourceLane {
  unsigned lane;
  bool in_range;
};

template <Shuffle kMode>
SourceLane source_lane(unsigned lane, std::uint32_t b, std::uint32_t c) {
  const int self = static_cast<int>(lane);
  const int distance = static_cast<int>(b & 31U);
  const int segment = static_cast<int>(c >> 8 & 31U);
  const int first = self & segment;
  const int bound = first | (static_cast<int>(c & 31U) & ~segment);
  int from = 0;
  switch (kMode) {
    case Shuffle::kUp:
      from = self - distance;
      break;
    case Shuffle::kDown:
      from = self + distance;
      break;
    case Shuffle::kButterfly:
      from = self ^ distance;
      break;
    case Shuffle::kIndexed:
      from = first | (distance & ~segment);
      break;
  }
  const bool in_range = kMode == Shuffle::kUp ? from >= bound : from <= bound;
  return {in_range ? static_cast<unsigned>(from) : lane, in_range};
}

template <Shuffle kMode>
void execute_shuffle(Warp& warp, const Step& step) {
  check_members(warp, step, step.operands[3]);
  std::uint32_t values[kLanes];
  std::copy_n(warp.read<std::uint32_t>(step.operands[0]), kLanes, values);
  const std::uint32_t* b = warp.read<std::uint32_t>(step.operands[1]);
  const std::uint32_t* c = warp.read<std::uint32_t>(step.operands[2]);
  SourceLane from[kLanes];
  std::uint32_t missing = 0;
  for_lanes(warp.active, [&](unsigned lane) {
    from[lane] = source_lane<kMode>(lane, b[lane], c[lane]);
    if ((warp.active >> from[lane].lane & 1U) == 0) missing |= 1U << lane;
  });
  if (missing != 0) {
    const unsigned lane = static_cast<unsigned>(std::countr_zero(missing));
    report(warp, step, missing, Fault::kInactiveLane,
           "lane " + std::to_string(lane) + " reads lane " + std::to_string(from[lane].lane) +
               ", which takes no part in the shuffle; its value is undefined");
  }
  std::uint32_t* result = warp.write<std::uint32_t>(step.operands[4]);
  std::uint32_t in_range = 0;
  for_lanes(warp.active, [&](unsigned lane) {
    result[lane] = values[from[lane].lane];
    if (from[lane].in_range) in_range |= 1U << lane;
  });
  if (step.operand_count > 5) warp.set_predicate(step.operands[5], in_range);
}

void decode_shfl(Decoder& decoder) {
  if (!decoder.take("sync")) decoder.unknown("only shfl.sync is known");
  if (!decoder.take("b32")) decoder.unknown();
  Execute execute = nullptr;
  if (decoder.take("up")) execute = execute_shuffle<Shuffle::kUp>;
  if (decoder.take("down")) execute = execute_shuffle<Shuffle::kDown>;
  if (decoder.take("bfly")) execute = execute_shuffle<Shuffle::kButterfly>;
  if (decoder.take("idx")) execute = execute_shuffle<Shuffle::kIndexed>;
  if (execute == nullptr) decoder.unknown();
  std::vector<LaneRef> refs;
  for (std::size_t i = 1; i < 5; ++i) refs.push_back(source(decoder, i, kB32));
  const Destinations to = destinations(decoder);
  refs.push_back(decoder.destination(*to.value, 32));
  if (to.predicate != nullptr) refs.push_back(decoder.destination(*to.predicate, 1));
  set_collective(decoder, 3);
  decoder.emit(execute, refs);
}

// Step operands of vote: predicate, member mask, destination.
enum class Vote : std::uint8_t { kAll, kAny, kUniform, kBallot };

template <Vote kMode>
void execute_vote(Warp& warp, const Step& step) {
  check_members(warp, step, step.operands[1]);
  const std::uint32_t yes = warp.predicate(step.operands[0]) & warp.active;
  if constexpr (kMode == Vote::kBallot) {
    std::uint32_t* result = warp.write<std::uint32_t>(step.operands[2]);
    for_lanes(warp.active, [&](unsigned lane) { result[lane] = yes; });
  } else {
    const bool all = yes == warp.active;
    const bool holds = kMode == Vote::kAll ? all : kMode == Vote::kAny ? yes != 0 : all || yes == 0;
    warp.set_predicate(step.operands[2], holds ? kAllLanes : 0);
  }
}

void decode_vote(Decoder& decoder) {
  if (!decoder.take("sync")) decoder.unknown("only vote.sync is known");
  Execute execute = nullptr;
  if (decoder.take("all")) execute = execute_vote<Vote::kAll>;
  if (decoder.take("any")) execute = execute_vote<Vote::kAny>;
  if (decoder.take("uni")) execute = execute_vote<Vote::kUniform>;
  const bool ballot = execute == nullptr && decoder.take("ballot");
  if (ballot) execute = execute_vote<Vote::kBallot>;
  if (execute == nullptr || !decoder.take(ballot ? "b32" : "pred")) decoder.unknown();
  const LaneRef predicate = source(decoder, 1, kPredicate);
  const LaneRef members = source(decoder, 2, kB32);
  set_collective(decoder, 1);
  decoder.emit(execute,
               {predicate, members, decoder.destination(decoder.operand(0), ballot ? 32 : 1)});
}

// Step operands of match: value, member mask, d, [p].
template <class T>
void execute_match_any(Warp& warp, const Step& step) {
  check_members(warp, step, step.operands[1]);
  const T* values = warp.read<T>(step.operands[0]);
  std::uint32_t equal[kLanes];
  for_lanes(warp.active, [&](unsigned lane) {
    equal[lane] = 0;
    for_lanes(warp.active, [&](unsigned other) {
      if (values[other] == values[lane]) equal[lane] |= 1U << other;
    });
  });
  std::uint32_t* result = warp.write<std::uint32_t>(step.operands[2]);
  for_lanes(warp.active, [&](unsigned lane) { result[lane] = equal[lane]; });
}

template <class T>
void execute_match_all(Warp& warp, const Step& step) {
  check_members(warp, step, step.operands[1]);
  const T* values = warp.read<T>(step.operands[0]);
  const T first = values[std::countr_zero(warp.active)];
  bool all = true;
  for_lanes(warp.active, [&](unsigned lane) { all = all && values[lane] == first; });
  std::uint32_t* result = warp.write<std::uint32_t>(step.operands[2]);
  for_lanes(warp.active, [&](unsigned lane) { result[lane] = all ? warp.active : 0; });
  if (step.operand_count > 3) warp.set_predicate(step.operands[3], all ? kAllLanes : 0);
}

void decode_match(Decoder& decoder) {
  if (!decoder.take("sync")) decoder.unknown();
  const bool all = decoder.take("all");
  if (!all && !decoder.take("any")) decoder.unknown();
  const bool wide = decoder.take("b64");
  if (!wide && !decoder.take("b32")) decoder.unknown();
  const Destinations to = destinations(decoder);
  if (!all && to.predicate != nullptr) decoder.unknown("match.any has no predicate result");
  std::vector<LaneRef> refs{source(decoder, 1, Type{Type::Class::kBits, wide ? 64U : 32U, 1}),
                            source(decoder, 2, kB32), decoder.destination(*to.value, 32)};
  if (to.predicate != nullptr) refs.push_back(decoder.destination(*to.predicate, 1));
  set_collective(decoder, 1);
  if (all) {
    decoder.emit(wide ? execute_match_all<std::uint64_t> : execute_match_all<std::uint32_t>, refs);
  } else {
    decoder.emit(wide ? execute_match_any<std::uint64_t> : execute_match_any<std::uint32_t>, refs);
  }
}

// Step operands of redux: value, member mask, destination.
using Reduce = std::uint32_t (*)(std::uint32_t a, std::uint32_t b);

template <class T>
std::uint32_t reduce_min(std::uint32_t a, std::uint32_t b) {
  return static_cast<T>(b) < static_cast<T>(a) ? b : a;
}
template <class T>
std::uint32_t reduce_max(std::uint32_t a, std::uint32_t b) {
  return static_cast<T>(b) > static_cast<T>(a) ? b : a;
}

void execute_redux(Warp& warp, const Step& step) {
  check_members(warp, step, step.operands[1]);
  const Reduce reduce = *static_cast<const Reduce*>(step.detail);
  const std::uint32_t* values = warp.read<std::uint32_t>(step.operands[0]);
  std::uint32_t total = values[std::countr_zero(warp.active)];
  for_lanes(warp.active & (warp.active - 1),
            [&](unsigned lane) { total = reduce(total, values[lane]); });
  std::uint32_t* result = warp.write<std::uint32_t>(step.operands[2]);
  for_lanes(warp.active, [&](unsigned lane) { result[lane] = total; });
}

void decode_redux(Decoder& decoder) {
  struct Entry {
    std::string_view operation;
    std::string_view type;
    Reduce reduce;
  };
  static constexpr Entry kEntries[] = {
      {"add", "u32", [](std::uint32_t a, std::uint32_t b) { return a + b; }},
      {"add", "s32", [](std::uint32_t a, std::uint32_t b) { return a + b; }},
      {"min", "u32", reduce_min<std::uint32_t>},
      {"min", "s32", reduce_min<std::int32_t>},
      {"max", "u32", reduce_max<std::uint32_t>},
      {"max", "s32", reduce_max<std::int32_t>},
      {"and", "b32", [](std::uint32_t a, std::uint32_t b) { return a & b; }},
      {"or", "b32", [](std::uint32_t a, std::uint32_t b) { return a | b; }},
      {"xor", "b32", [](std::uint32_t a, std::uint32_t b) { return a ^ b; }},
  };
  if (!decoder.take("sync")) decoder.unknown();
  const std::string operation = decoder.next();
  const std::string type = decoder.next();
  const auto entry = std::find_if(std::begin(kEntries), std::end(kEntries), [&](const Entry& e) {
    return e.operation == operation && e.type == type;
  });
  if (entry == std::end(kEntries)) decoder.unknown();
  decoder.detail(entry->reduce);
  const LaneRef value = source(decoder, 1, kB32);
  const LaneRef members = source(decoder, 2, kB32);
  set_collective(decoder, 1);
  decoder.emit(execute_redux, {value, members, decoder.destination(decoder.operand(0), 32)});
}

void execute_activemask(Warp& warp, const Step& step) {
  std::uint32_t* result = warp.write<std::uint32_t>(step.operands[0]);
  for_lanes(warp.active, [&](unsigned lane) { result[lane] = warp.active; });
}

void decode_activemask(Decoder& decoder) {
  if (!decoder.take("b32")) decoder.unknown();
  decoder.emit(execute_activemask, {decoder.destination(decoder.operand(0), 32)});
}

// Step operands of elect: member mask, d, p. The PTX ISA leaves open which lane leads, only that it
// is always the same one of a mask; here it is the lowest.
void execute_elect(Warp& warp, const Step& step) {
  check_members(warp, step, step.operands[0]);
  const std::uint32_t leader = static_cast<std::uint32_t>(std::countr_zero(warp.active));
  std::uint32_t* result = warp.write<std::uint32_t>(step.operands[1]);
  for_lanes(warp.active, [&](unsigned lane) { result[lane] = leader; });
  warp.set_predicate(step.operands[2], 1U << leader);
}

void decode_elect(Decoder& decoder) {
  if (!decoder.take("sync")) decoder.unknown();
  const Destinations to = destinations(decoder);
  if (to.predicate == nullptr) decoder.unknown("no predicate result");
  const LaneRef members = source(decoder, 1, kB32);
  const LaneRef lane = decoder.destination(*to.value, 32);
  set_collective(decoder, 0);
  decoder.emit(execute_elect, {members, lane, decoder.destination(*to.predicate, 1)});
}

constexpr Opcode kOpcodes[] = {
    {"shfl", decode_shfl},   {"vote", decode_vote},   {"match", decode_match},
    {"redux", decode_redux}, {"elect", decode_elect}, {"activemask", decode_activemask},
};

}  // namespace

std::span<const Opcode> warp_opcodes() {
  return kOpcodes;
}

}  // namespace cuda_sim
