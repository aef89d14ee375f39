#include "bench/peaks.h"

#include "tests/bench/rows.h"
#include "tests/support/catch.h"

using namespace corticast;
using namespace corticast::bench;
using corticast::test::bare_row;
using corticast::test::full_row;

TEST_CASE("a card's data sheet, by precision") {
  const std::string a100 = "cuda:0 (NVIDIA A100-SXM4-80GB, cuDNN 9.19.0)";
  CHECK(datasheet_peaks(a100, Precision::kFp32).flops_per_second == 19.5e12);
  CHECK(datasheet_peaks(a100, Precision::kFp32Strict).flops_per_second == 19.5e12);
  CHECK(datasheet_peaks(a100, Precision::kTf32).flops_per_second == 156e12);
  CHECK(datasheet_peaks(a100, Precision::kFp16).flops_per_second == 312e12);
  CHECK(datasheet_peaks(a100, Precision::kBf16).flops_per_second == 312e12);
  CHECK(datasheet_peaks(a100, Precision::kFp16).bytes_per_second == 2039e9);
}

TEST_CASE("a mode that a card lacks has no peak") {
  const std::string t4 = "cuda:0 (Tesla T4, cuDNN 9.19.0)";
  CHECK(datasheet_peaks(t4, Precision::kFp16).flops_per_second == 65e12);
  CHECK(datasheet_peaks(t4, Precision::kBf16).flops_per_second == 0);
  CHECK(datasheet_peaks(t4, Precision::kBf16).bytes_per_second == 320e9);
}

TEST_CASE("no peak for what is no single real card of the list") {
  for (const char* name :
       {"cuda:0 (NVIDIA H100 80GB HBM3 (simulated), cuDNN 9.19.0)",
        "cuda:0 (NVIDIA GeForce RTX 3090 Ti, cuDNN 9.19.0)",
        "cuda:0 (Tesla T4, cuDNN 9.1.0) + cuda:1 (Tesla T4, cuDNN 9.1.0)",
        "cuda:0, cuda:1 (2 x Tesla T4, cuDNN 9.1.0)", "cpu (2 threads, avx512)", ""}) {
    INFO(name);
    const Peaks peaks = datasheet_peaks(name, Precision::kFp32);
    CHECK(peaks.flops_per_second == 0);
    CHECK(peaks.bytes_per_second == 0);
  }
}

TEST_CASE("a row is held against the peak that bounds it") {
  Row row = full_row();  // median 2 ms; 1 ms at the peak of flops, 1 ms at that of bytes
  REQUIRE(peak_share(row));
  CHECK(peak_share(row)->share == Approx(0.5));
  CHECK(std::string(peak_share(row)->which) == "flops");
  row.bytes = 1.5e9;
  CHECK(peak_share(row)->share == Approx(0.75));
  CHECK(std::string(peak_share(row)->which) == "bytes");
  row.bounded_by_memory = false;
  CHECK(std::string(peak_share(row)->which) == "flops");
  CHECK(peak_share(row)->share == Approx(0.5));
}

TEST_CASE("a row without a known bound has no share of a peak") {
  CHECK(!peak_share(bare_row()));
  Row untimed = full_row();
  untimed.seconds.clear();
  CHECK(!peak_share(untimed));
  Row no_arithmetic_peak = full_row();
  no_arithmetic_peak.where.peaks.flops_per_second = 0;
  CHECK(!peak_share(no_arithmetic_peak));  // its bytes are not what bounds it
  no_arithmetic_peak.flops = 0;
  no_arithmetic_peak.executed_flops = 0;
  CHECK(peak_share(no_arithmetic_peak));
}

TEST_CASE("what is counted but not known to be done is held against nothing") {
  Row row = full_row();
  row.executed_flops = 0;
  CHECK(!peak_share(row));
}

TEST_CASE("the CPU's peaks are measured") {
  const Peaks peaks = measure_cpu_peaks(2);
  CHECK(peaks.flops_per_second > 1e8);
  CHECK(peaks.flops_per_second < 1e14);
  CHECK(peaks.bytes_per_second > 1e7);
  CHECK(peaks.bytes_per_second < 1e13);
}
