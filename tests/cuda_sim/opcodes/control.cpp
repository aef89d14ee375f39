// Control flow and barriers, PTX ISA 9.7.12 and 9.7.13. The scheduler carries out all of them; what
// is decided here is which step is what.
#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/families.h"

namespace cuda_sim {
namespace {

constexpr Type kB32{Type::Class::kBits, 32};
constexpr Type kPredicate{Type::Class::kPredicate, 1};

void nothing(Warp&, const Step&) {}

void decode_bra(Decoder& decoder) {
  decoder.take("uni");
  decoder.step().flow = Flow::kBranch;
  decoder.step().target = decoder.label(decoder.operand(0));
  decoder.emit(nullptr, {});
}

// brx.idx index, list; an index beyond the list is undefined in PTX.
void decode_brx(Decoder& decoder) {
  if (!decoder.take("idx")) decoder.unknown("needs .idx");
  decoder.take("uni");
  BranchTable table;
  table.targets = decoder.branch_targets(decoder.operand(1));
  decoder.detail(std::move(table));
  decoder.step().flow = Flow::kBranchIndexed;
  decoder.emit(nullptr, {decoder.source(decoder.operand(0), kB32)});
}

// A kernel has nobody to return to.
void decode_exit(Decoder& decoder) {
  decoder.take("uni");
  decoder.step().flow = Flow::kExit;
  decoder.emit(nullptr, {});
}

void run_trap(Warp& warp, const Step& step) {
  report(warp, step, warp.active, Fault::kTrap, "executes trap");
  throw KernelFault(Fault::kTrap, step.source->opcode + " was executed");
}

void decode_trap(Decoder& decoder) {
  decoder.emit(run_trap, {});
}

void decode_nanosleep(Decoder& decoder) {
  decoder.take("u32");
  decoder.emit(nothing, {decoder.source(decoder.operand(0), kB32)});
}

// bar.warp.sync mask: nothing but a meeting.
void decode_warp_sync(Decoder& decoder) {
  if (!decoder.take("sync")) decoder.unknown("needs .sync");
  decoder.step().flow = Flow::kWarpCollective;
  decoder.step().member_operand = 0;
  decoder.emit(nothing, {decoder.source(decoder.operand(0), kB32)});
}

// red.popc.u32 d, a {, b}, {!}p; red.and.pred and red.or.pred with a predicate d.
void decode_reduction(Decoder& decoder, Barrier barrier) {
  std::uint32_t bits = 1;
  if (decoder.take("popc")) {
    barrier.kind = Barrier::Kind::kPopc;
    bits = 32;
    if (!decoder.take("u32")) decoder.unknown("needs .u32");
  } else {
    const bool conjunction = decoder.take("and");
    if (!conjunction && !decoder.take("or")) decoder.unknown("needs .popc, .and or .or");
    barrier.kind = conjunction ? Barrier::Kind::kAnd : Barrier::Kind::kOr;
    if (!decoder.take("pred")) decoder.unknown("needs .pred");
  }
  barrier.has_count = decoder.operand_count() == 4;
  std::vector<LaneRef> operands = {decoder.source(decoder.operand(1), kB32)};
  if (barrier.has_count) operands.push_back(decoder.source(decoder.operand(2), kB32));
  const LaneRef predicate = decoder.source(decoder.operand(barrier.has_count ? 3 : 2), kPredicate);
  operands.push_back(predicate);
  operands.push_back(decoder.destination(decoder.operand(0), bits));
  decoder.detail(barrier);
  decoder.emit(nullptr, operands);
}

// bar{.cta}.sync a {, b}: aligned. barrier{.cta}.sync{.aligned} a {, b}.
void decode_bar(Decoder& decoder) {
  if (decoder.take("warp")) return decode_warp_sync(decoder);
  decoder.take("cta");
  Barrier barrier;
  barrier.aligned = decoder.instruction().parts[0] == "bar" || decoder.take("aligned");
  decoder.step().flow = Flow::kBlockBarrier;
  if (decoder.take("red")) return decode_reduction(decoder, barrier);
  if (decoder.take("arrive")) {
    barrier.kind = Barrier::Kind::kArrive;
    if (decoder.operand_count() != 2) decoder.unknown("needs a thread count");
  } else if (!decoder.take("sync")) {
    decoder.unknown("needs .sync, .arrive or .red");
  }
  barrier.has_count = decoder.operand_count() == 2;
  std::vector<LaneRef> operands = {decoder.source(decoder.operand(0), kB32)};
  if (barrier.has_count) operands.push_back(decoder.source(decoder.operand(1), kB32));
  decoder.detail(barrier);
  decoder.emit(nullptr, operands);
}

void decode_call(Decoder& decoder) {
  decoder.unknown("function calls are not implemented (printf and assert are calls, too)");
}

}  // namespace

std::span<const Opcode> control_opcodes() {
  static constexpr Opcode kOpcodes[] = {
      {"bra", decode_bra},     {"brx", decode_brx},
      {"ret", decode_exit},    {"exit", decode_exit},
      {"trap", decode_trap},   {"bar", decode_bar},
      {"barrier", decode_bar}, {"nanosleep", decode_nanosleep},
      {"call", decode_call},
  };
  return kOpcodes;
}

}  // namespace cuda_sim
