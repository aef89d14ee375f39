#include "tests/cuda_sim/tests/bugs/ptx_edit.h"

#include <vector>

#include "tests/support/catch.h"

using namespace cuda_sim::bugs;
using corticast::test::contains;

namespace {

// Two kernels in nvcc's layout. The expectations below are whole lines of it.
constexpr const char* kText = R"(.version 9.0
.target sm_80
.address_size 64

.visible .entry _Z5firstPf(
	.param .u64 _Z5firstPf_param_0
)
{
	.reg .pred 	%p<2>;
	.loc	1 10 3
	ld.param.u64 	%rd1, [_Z5firstPf_param_0];
	bar.sync 	0;
	st.global.f32 	[%rd1], %f1;
	ret;
}
.entry _Z6secondPf(
	.param .u64 _Z6secondPf_param_0
)
.maxntid 64, 1, 1
{
	.reg .pred 	%p<2>;
	.loc	1 20 3
	ld.param.u64 	%rd1, [_Z6secondPf_param_0];
	bar.sync 	0;
	.loc	2 7 5, function_name $L__info_string0, inlined_at 1 21 3
	@%p1 bra 	$L__BB1_2;

	{ cvt.rn.f16.f32 %rs1, %f1;}
	.loc	1 22 3
	@!%p1 st.global.v2.f32 	[%rd1+8], {%f1, %f2};
	st.global.f32 	[%rd1], %f1;
	// begin inline asm
	cp.async.wait_group 1;
	// end inline asm

$L__BB1_2:
	bar.sync 	0;
	ret;

}
	.file	1 "/some/where/one.cu"
	.file	2 "two.cuh"
)";

std::string edited(const Edit& edit) {
  return edit_kernel(kText, "second", std::vector<Edit>{edit});
}

// kText with one line (or part of it) exchanged, at its last occurrence: all are in the second
// kernel.
std::string expected(const std::string& from, const std::string& to) {
  std::string text = kText;
  const std::size_t at = text.rfind(from);
  REQUIRE(at != std::string::npos);
  return text.replace(at, from.size(), to);
}

std::string error(const std::string& kernel, const Edit& edit) {
  try {
    edit_kernel(kText, kernel, std::vector<Edit>{edit});
  } catch (const EditError& caught) {
    return caught.what();
  }
  return "nothing thrown";
}

}  // namespace

TEST_CASE("an instruction is removed, counted in its own kernel only") {
  CHECK(edited(remove({"bar.sync", 1})) ==
        expected("$L__BB1_2:\n\tbar.sync \t0;\n", "$L__BB1_2:\n\t\n"));
  CHECK(edited(remove({"bar.sync", 0})) == expected("\tbar.sync \t0;\n\t.loc\t2", "\t\n\t.loc\t2"));
}

TEST_CASE("every instruction of an opcode is removed") {
  const std::string text = edited(remove({"bar.sync", kEvery}));
  const std::size_t second = text.find("_Z6second");
  CHECK(text.find("bar.sync", second) == std::string::npos);
  CHECK(text.find("bar.sync") < second);
}

TEST_CASE("braces of a scope stay when their instruction goes") {
  CHECK(edited(remove({"cvt", 0})) == expected("{ cvt.rn.f16.f32 %rs1, %f1;}", "{ }"));
}

TEST_CASE("text is replaced within one instruction") {
  CHECK(edited(replace({"cp.async.wait_group", 0}, "1", "2")) ==
        expected("wait_group 1;", "wait_group 2;"));
  CHECK(edited(replace({"st.global", 0}, "@!%p1", "@%p1")) ==
        expected("@!%p1 st.global.v2", "@%p1 st.global.v2"));
}

TEST_CASE("a guard is dropped") {
  CHECK(edited(drop_guard({"st.global", 0})) == expected("@!%p1 st.global", "st.global"));
}

TEST_CASE("an address is shifted with and without an offset of its own") {
  CHECK(edited(shift_address({"st.global", 0}, 4)) == expected("[%rd1+8]", "[%rd1+12]"));
  CHECK(edited(shift_address({"st.global", 1}, -4)) == expected("[%rd1], %f1", "[%rd1+-4], %f1"));
}

TEST_CASE("text goes before or after an instruction") {
  CHECK(edited(insert_before({"st.global", 1}, "trap;")) ==
        expected("\tst.global.f32 \t[%rd1]", "\ttrap;\nst.global.f32 \t[%rd1]"));
  CHECK(edited(insert_after({"st.global", 1}, "trap;")) ==
        expected("[%rd1], %f1;\n", "[%rd1], %f1;\ntrap;\n"));
}

TEST_CASE("inserted text names the operands of the instruction") {
  CHECK(edited(insert_after({"st.global", 0}, "mov.v2 $1, $0;")) ==
        expected("{%f1, %f2};\n", "{%f1, %f2};\nmov.v2 {%f1,%f2}, [%rd1+8];\n"));
  CHECK_THAT(error("second", insert_after({"st.global", 0}, "mov $2, $0;")),
             contains("no operand $2"));
}

TEST_CASE("an instruction is kept for some threads only, others return early") {
  const std::string compare =
      "{ .reg .pred %planted; .reg .b32 %planted_value; mov.u32 %planted_value, %laneid; "
      "setp.lt.u32 %planted, %planted_value, 16; ";
  CHECK(edit_kernel(kText, "second", only_where({"bar.sync", 1}, "%laneid", "lt", 16)) ==
        expected("\tbar.sync \t0;\n", "\t" + compare + "@%planted\nbar.sync \t0;\n}\n"));
  CHECK(edited(return_where({"bar.sync", 1}, "%laneid", "lt", 16)) ==
        expected("\tbar.sync \t0;\n", "\t" + compare + "@%planted ret; }\nbar.sync \t0;\n"));
}

TEST_CASE("instructions are found by the source line they come from") {
  CHECK(edited(remove({"st.global", 0, "one.cu:22"})) ==
        expected("\t@!%p1 st.global.v2.f32 \t[%rd1+8], {%f1, %f2};", "\t"));
  CHECK(edited(remove({"bra", 0, "two.cuh:7"})) == expected("\t@%p1 bra \t$L__BB1_2;", "\t"));
  CHECK_THAT(error("second", remove({"bra", 0, "one.cu:22"})),
             contains("no bra at one.cu:22 number 0: the kernel has 0"));
}

TEST_CASE("edits are applied in order") {
  const std::vector<Edit> edits = {remove({"bar.sync", 0}), remove({"bar.sync", 0})};
  CHECK(edit_kernel(kText, "second", edits) == edited(remove({"bar.sync", kEvery})));
}

TEST_CASE("an edit that finds nothing fails and says what is there") {
  CHECK_THAT(error("second", remove({"bar.sync", 2})), contains("no bar.sync number 2"));
  CHECK_THAT(error("second", remove({"bar.sync", 2})), contains("the kernel has 2"));
  CHECK_THAT(error("second", remove({"ldmatrix", kEvery})), contains("no ldmatrix"));
  CHECK_THAT(error("second", remove({"bar.sy", 0})), contains("no bar.sy number 0"));
  CHECK_THAT(error("second", replace({"cp.async.wait_group", 0}, "3", "2")), contains("no '3'"));
  CHECK_THAT(error("second", replace({"st.global", 0}, "%f", "%g")),
             contains("more than one '%f'"));
  CHECK_THAT(error("second", drop_guard({"st.global", 1})), contains("no guard"));
  CHECK_THAT(error("second", shift_address({"bar.sync", 0}, 4)), contains("no address"));
}

TEST_CASE("a kernel must be there once") {
  CHECK_THAT(error("third", remove({"ret", 0})), contains("0 kernels have 'third'"));
  CHECK_THAT(error("Pf", remove({"ret", 0})), contains("2 kernels have 'Pf'"));
  CHECK(has_kernel(kText, "6second"));
  CHECK_FALSE(has_kernel(kText, "third"));
  CHECK_FALSE(has_kernel(kText, "Pf"));
}
