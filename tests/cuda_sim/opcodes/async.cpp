// Non-bulk asynchronous copies (PTX ISA section "cp.async"). Bulk copies and mbarriers are unknown.
#include "tests/cuda_sim/machine/access.h"
#include "tests/cuda_sim/opcodes/address.h"
#include "tests/cuda_sim/opcodes/families.h"

namespace cuda_sim {
namespace {

struct CopyForm {
  std::uint32_t bytes = 16;
  std::int64_t shared_offset = 0;
  std::int64_t global_offset = 0;
  enum class Source : std::uint8_t { kAll, kBytes, kIgnoredIf } source = Source::kAll;
};
// Step operands: shared address, global address, [source bytes, 32 bits | ignore-src predicate].

void execute_copy(Warp& warp, const Step& step) {
  const auto& form = *static_cast<const CopyForm*>(step.detail);
  std::uint64_t shared[kLanes];
  std::uint64_t global[kLanes];
  std::uint32_t source_bytes[kLanes];
  lane_addresses(warp, step.operands[0], form.shared_offset, shared);
  lane_addresses(warp, step.operands[1], form.global_offset, global);
  std::uint32_t too_many = 0;
  const std::uint32_t ignored =
      form.source == CopyForm::Source::kIgnoredIf ? warp.predicate(step.operands[2]) : 0;
  for (unsigned lane = 0; lane < kLanes; ++lane) {
    source_bytes[lane] = (ignored >> lane & 1U) != 0 ? 0 : form.bytes;
    if (form.source != CopyForm::Source::kBytes) continue;
    source_bytes[lane] = warp.read<std::uint32_t>(step.operands[2])[lane];
    if (source_bytes[lane] <= form.bytes) continue;
    too_many |= 1U << lane;
    source_bytes[lane] = form.bytes;
  }
  too_many &= warp.active;
  if (too_many != 0) {
    report(warp, step, too_many, Fault::kAsyncHazard,
           "cp.async with a source size above its " + std::to_string(form.bytes) +
               " bytes; the size must be at most that");
  }
  copy_async(warp, step, form.bytes, shared, global, source_bytes);
}

std::uint32_t immediate(Decoder& decoder, std::size_t i) {
  const ptx::Operand& operand = decoder.operand(i);
  if (operand.kind != ptx::Operand::Kind::kImmediate || operand.is_float) {
    decoder.unknown("operand " + std::to_string(i) + " must be an integer constant");
  }
  return static_cast<std::uint32_t>(operand.bits);
}

LaneRef address(Decoder& decoder, std::size_t i, std::int64_t* offset) {
  decoder.step().offset = 0;
  const LaneRef base = decoder.address(decoder.operand(i));
  *offset = decoder.step().offset;
  decoder.step().offset = 0;
  return base;
}

void decode_copy(Decoder& decoder) {
  const bool all_caches = decoder.take("ca");
  if (!all_caches && !decoder.take("cg")) decoder.unknown("neither .ca nor .cg");
  const std::string target = decoder.next();
  if (target != "shared" && target != "shared::cta") {
    decoder.unknown("the target must be shared memory");
  }
  if (decoder.next() != "global") decoder.unknown("the source must be global memory");
  // A hint to prefetch has no effect on results.
  for (const std::string_view size : {"L2::64B", "L2::128B", "L2::256B"}) {
    if (decoder.take(size)) break;
  }
  CopyForm form;
  form.bytes = immediate(decoder, 2);
  if (form.bytes != 16 && !(all_caches && (form.bytes == 4 || form.bytes == 8))) {
    decoder.unknown("copies " + std::to_string(form.bytes) +
                    " bytes; .ca takes 4, 8 or 16 and .cg 16");
  }
  std::vector<LaneRef> refs{address(decoder, 0, &form.shared_offset),
                            address(decoder, 1, &form.global_offset)};
  if (decoder.operand_count() > 3) {
    const bool predicate = decoder.is_predicate(decoder.operand(3));
    form.source = predicate ? CopyForm::Source::kIgnoredIf : CopyForm::Source::kBytes;
    refs.push_back(decoder.source(decoder.operand(3),
                                  Type{predicate ? Type::Class::kPredicate : Type::Class::kUnsigned,
                                       predicate ? 1U : 32U, 1}));
  }
  decoder.detail(form);
  decoder.emit(execute_copy, refs);
}

void execute_commit(Warp& warp, const Step&) {
  commit_async(warp);
}

void execute_wait_group(Warp& warp, const Step& step) {
  wait_async(warp, *static_cast<const std::uint32_t*>(step.detail));
}

void execute_wait_all(Warp& warp, const Step&) {
  wait_async_all(warp);
}

void decode_cp(Decoder& decoder) {
  if (!decoder.take("async")) decoder.unknown();
  if (decoder.sm() < 80) decoder.unknown("needs sm_80");
  if (decoder.take("commit_group")) {
    decoder.emit(execute_commit, {});
  } else if (decoder.take("wait_group")) {
    decoder.detail(immediate(decoder, 0));
    decoder.emit(execute_wait_group, {});
  } else if (decoder.take("wait_all")) {
    decoder.emit(execute_wait_all, {});
  } else {
    decode_copy(decoder);
  }
}

constexpr Opcode kOpcodes[] = {{"cp", decode_cp}};

}  // namespace

std::span<const Opcode> async_opcodes() {
  return kOpcodes;
}

}  // namespace cuda_sim
