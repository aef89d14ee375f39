#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "weights_tool/checkpoint/checkpoint.h"
using namespace corticast; using namespace corticast::weights;
TEST_CASE("x"){ for (auto n : {"tiny_zip","tiny_legacy","tiny_strided_zip","tiny_strided_legacy","tiny_v2layout_zip","tiny_f64_zip","tiny_bf16_zip","multihead_half_zip","multihead_zip","multihead_legacy","singlehead_zip","bad_missing_key_zip"}) { Checkpoint c(test::data_path(std::string("checkpoints/")+n+".pth")); CHECK(c.tensors().size()>40);} }
