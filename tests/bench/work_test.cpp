// The published network's arithmetic, as its specification counts it.
#include "bench/work.h"

#include "bench/stages.h"
#include "engine/atlas/resolve.h"
#include "engine/model/synthetic.h"
#include "tests/support/catch.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::bench;

TEST_CASE("multiply-adds of the published core, block by block") {
  CHECK(block_macs(0, 384) == 1'419'379'200);
  CHECK(block_macs(1, 384) == 181'680'537'600);
  CHECK(block_macs(2, 384) == 16'351'248'384);
  CHECK(block_macs(3, 384) == 16'351'248'384);
  CHECK(block_macs(4, 384) == 4'014'489'600);
  CHECK(block_macs(5, 384) == 4'014'489'600);
  CHECK(block_macs(6, 384) == 967'458'816);
  CHECK(block_macs(7, 384) == 967'458'816);
  CHECK(core_macs(384) == 225'766'310'400);
}

TEST_CASE("multiply-adds of one subject's readout") {
  CHECK(readout_macs(384, 57'051) == 14'809'526'784 + 21'907'584);
  CHECK(readout_macs(384, 7'831) == 2'032'802'304 + 3'007'104);
  CHECK(network_flops(384, 57'051, 8) ==
        2.0 * (225'766'310'400.0 + 8.0 * (14'809'526'784.0 + 21'907'584.0)));
}

TEST_CASE("the steps that the CPU times do the network's arithmetic, no more and no less") {
  const test::TemporaryFolder folder;
  SyntheticModel synthetic;
  synthetic.features = 1;
  synthetic.vertices = 11;
  synthetic.subjects = {*parse_subject("NSD-01"), *parse_subject("NSD-02")};
  write_synthetic(folder / "model.corticast", synthetic);
  const Model model(folder / "model.corticast");
  const Request request = resolve_request(model.info(), {});
  DeviceOptions options;
  options.device = "cpu";
  options.threads = 1;
  const auto backend = open_backend(options);

  constexpr std::size_t kBatch = 2;
  const std::vector<StepTime> times = backend->measure(model, request, kBatch, Method(), 2);
  double flops = 0;
  for (const StepTime& time : times) {
    INFO(time.step);
    CHECK(time.seconds.size() == 2);
    CHECK(time.bytes > 0);
    flops += time.flops;
  }
  CHECK(flops == kBatch * network_flops(8, 11, 2));
}
