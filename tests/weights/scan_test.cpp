#include "weights_tool/checkpoint/pickle_scan.h"

#include "engine/base/file.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/weights/builders.h"

using namespace corticast::test;
using corticast::weights::Finding;
using corticast::weights::PickleScan;

namespace {

PickleScan scan(const std::string& pickle) {
  return corticast::weights::scan_pickle(corticast::as_byte_span(pickle), "pickle", 0);
}

// "call posix.getpid at 76" of everything that is not accepted.
std::vector<std::string> refused(const PickleScan& scanned) {
  std::vector<std::string> lines;
  for (const Finding& finding : scanned.findings) {
    if (finding.accepted) continue;
    const char* what = finding.what == Finding::What::kGlobal ? "global "
                       : finding.what == Finding::What::kCall ? "call "
                                                              : "opcode ";
    lines.push_back(what + finding.name + " at " + std::to_string(finding.offset));
  }
  return lines;
}

using Lines = std::vector<std::string>;

}  // namespace

TEST_CASE("A scan goes on past the first refusal and finds everything") {
  const std::string pickle = kProto + global("os", "system") + text("true") + "\x85R0" +
                             "(ishutil\nrmtree\n0" + text("builtins") + text("eval") + "\x93)R.";
  CHECK(refused(scan(pickle)) == Lines{"global os.system at 2", "call os.system at 23",
                                       "opcode INST at 26", "global shutil.rmtree at 26",
                                       "call shutil.rmtree at 26", "global builtins.eval at 64",
                                       "call builtins.eval at 66"});
  CHECK(scan(pickle).problem.empty());
}

TEST_CASE("A scan sees through the memo, DUP and computed names") {
  const std::string memo = kProto + global("os", "system") + "q\x05" + "0h\x05)R.";
  CHECK(refused(scan(memo)) == Lines{"global os.system at 2", "call os.system at 19"});
  const std::string computed = kProto + "NN\x93)R.";
  CHECK(refused(scan(computed)) ==
        Lines{"global (computed).(computed) at 4", "call (computed).(computed) at 6"});
  const std::string unknown = kProto + "\x82\x07)R.";
  CHECK(refused(scan(unknown)) ==
        Lines{"opcode EXT1 at 2", "global (extension 7) at 2", "call (unknown) at 5"});
}

TEST_CASE("A scan accepts exactly what the reader can read") {
  for (const char* name :
       {"tiny_zip", "tiny_legacy", "tiny_strided_zip", "tiny_strided_legacy", "tiny_v2layout_zip",
        "tiny_f64_zip", "tiny_bf16_zip", "multihead_half_zip", "singlehead_zip"}) {
    INFO(name);
    const corticast::MappedFile file(data_path(std::string("checkpoints/") + name + ".pth"),
                                     corticast::ErrorCode::kModel);
    const PickleScan scanned = corticast::weights::scan_checkpoint(file.bytes(), name);
    CHECK(scanned.problem.empty());
    CHECK(refused(scanned) == Lines{});
    CHECK(scanned.findings.size() > 50);
  }
  const corticast::MappedFile bad(data_path("checkpoints/bad_global_zip.pth"),
                                  corticast::ErrorCode::kModel);
  CHECK(refused(corticast::weights::scan_checkpoint(bad.bytes(), "bad")) ==
        Lines{"global posix.getpid at 60", "call posix.getpid at 77"});
}

TEST_CASE("A scan of a pickle that ends early says so and keeps what it found") {
  const PickleScan scanned = scan(kProto + global("os", "system"));
  CHECK(refused(scanned) == Lines{"global os.system at 2"});
  CHECK_THAT(scanned.problem, contains("ends without STOP"));
}
