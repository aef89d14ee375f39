#include <map>
#include <nlohmann/json.hpp>
#include <sstream>

#include "cli/shard_words.h"
#include "engine/base/error.h"
#include "tests/cli/support.h"
#include "tests/output/support.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"

using namespace corticast;
using namespace corticast::test;

namespace {

using Variables = std::map<std::string, std::string>;

cli::ChosenShard chosen(const std::string& text, const Variables& variables = {}) {
  return cli::parse_shard(text, [&](const char* name) -> const char* {
    const auto found = variables.find(name);
    return found == variables.end() ? nullptr : found->second.c_str();
  });
}

// "3/8 SLURM_ARRAY_TASK_ID 3", or the refusal.
std::string automatic(const Variables& variables) {
  try {
    const cli::ChosenShard shard = chosen("auto", variables);
    return cli::to_string(shard.shard) + " " + shard.source;
  } catch (const Error& error) {
    return error.code() == ErrorCode::kUsage ? std::string("refused: ") + error.what() : "";
  }
}

struct Bench {
  TemporaryFolder folder;
  std::string model = (folder / "single.model").string();
  std::string photos = (folder / "photos").string();

  Bench() {
    make_model(model, false);
    std::filesystem::create_directory(photos);
    for (const char* name : {"rocket_224x224_rgb.png", "chelsea_97x60_rgb.png"}) {
      std::filesystem::copy(data_path(std::string("images/") + name), photos + "/" + name);
    }
    write_text(photos + "/broken.jpg", "not a picture");
  }
  std::string file(const std::string& name) const { return (folder / name).string(); }
  Outcome encode(const std::string& output, const std::string& more) const {
    return run_corticast("encode " + photos + " -m " + model + " -o '" + file(output) + "' " +
                         more);
  }
};

}  // namespace

TEST_CASE("shards are neighbours that share all images as evenly as they can") {
  for (const std::size_t images : {0, 1, 2, 6, 7, 8, 100, 101}) {
    for (const unsigned count : {1u, 2u, 3u, 7u, 13u}) {
      std::size_t next = 0;
      for (unsigned index = 0; index < count; ++index) {
        const RowRange rows = rows_of({index, count}, images);
        CAPTURE(images, count, index);
        CHECK(rows.first == next);
        CHECK((rows.count == images / count || rows.count == images / count + 1));
        next += rows.count;
      }
      CHECK(next == images);
    }
  }
  CHECK(rows_of({2, 3}, 5'000'000'000) == RowRange{3'333'333'334, 1'666'666'666});
}

TEST_CASE("a shard is given as i/n, counted from 0") {
  CHECK(chosen("2/3").shard == Shard{2, 3});
  CHECK(chosen("0/1").shard == Shard{0, 1});
  for (const char* text : {"3/3", "1/0", "0/0", "-1/3", "1/3/5", "1", "/", "1/", "/3", "a/b",
                           "Auto", "4294967296/4294967297", " 1/2"}) {
    CAPTURE(text);
    CHECK_THROWS_AS(chosen(text), Error);
  }
}

TEST_CASE("a shard of auto is the task of a Slurm array, the process of a launch, or both") {
  const Variables array{{"SLURM_ARRAY_TASK_ID", "8"},
                        {"SLURM_ARRAY_TASK_MIN", "2"},
                        {"SLURM_ARRAY_TASK_STEP", "3"},
                        {"SLURM_ARRAY_TASK_COUNT", "4"}};
  const auto with = [](Variables some, const Variables& more) {
    some.insert(more.begin(), more.end());
    return some;
  };
  // What a batch script has without any srun in it.
  const Variables script{{"SLURM_PROCID", "0"}, {"SLURM_NTASKS", "2"}};
  const Variables step{{"SLURM_PROCID", "1"}, {"SLURM_STEP_NUM_TASKS", "5"}};
  const Variables open_mpi{{"OMPI_COMM_WORLD_RANK", "3"}, {"OMPI_COMM_WORLD_SIZE", "4"}};
  const Variables pmi{{"PMI_RANK", "2"}, {"PMI_SIZE", "6"}};
  CHECK(automatic(array) == "2/4 SLURM_ARRAY_TASK_ID 8");
  CHECK(automatic(with(array, script)) == "2/4 SLURM_ARRAY_TASK_ID 8");
  CHECK(automatic(step) == "1/5 SLURM_PROCID 1");
  CHECK(automatic(open_mpi) == "3/4 OMPI_COMM_WORLD_RANK 3");
  CHECK(automatic(pmi) == "2/6 PMI_RANK 2");
  // The launcher nearest to the process.
  CHECK(automatic(with(open_mpi, step)) == "3/4 OMPI_COMM_WORLD_RANK 3");
  CHECK(automatic(with(pmi, step)) == "2/6 PMI_RANK 2");
  CHECK(automatic(with(array, step)) == "11/20 SLURM_ARRAY_TASK_ID 8, SLURM_PROCID 1");

  CHECK_THAT(automatic({}), contains("refused") && contains("SLURM_ARRAY_TASK_ID") &&
                                contains("OMPI_COMM_WORLD_RANK") && contains("PMI_RANK"));
  CHECK_THAT(automatic(script), contains("refused"));
  // --array=1,5,9
  CHECK_THAT(automatic({{"SLURM_ARRAY_TASK_ID", "9"},
                        {"SLURM_ARRAY_TASK_MIN", "1"},
                        {"SLURM_ARRAY_TASK_STEP", "1"},
                        {"SLURM_ARRAY_TASK_COUNT", "3"}}),
             contains("SLURM_ARRAY_TASK_ID 9 would be shard 8 of 3"));
  CHECK_THAT(automatic({{"PMI_RANK", "6"}, {"PMI_SIZE", "6"}}), contains("refused"));
  CHECK_THAT(automatic({{"PMI_RANK", "x"}, {"PMI_SIZE", "6"}}), contains("'x', not a number"));
}

TEST_CASE("{shard} in the output's name is the shard's number and how many there are") {
  const Shard shard{3, 8};
  CHECK(cli::name_for("a/part-{shard}.h5", &shard) == "a/part-3-of-8.h5");
  CHECK(cli::name_for("{shard}/{shard}.h5", &shard) == "3-of-8/3-of-8.h5");
  CHECK(cli::name_for("{sharp}.h5", &shard) == "{sharp}.h5");
  CHECK(cli::name_for("part.h5", nullptr) == "part.h5");
  CHECK_THROWS_AS(cli::name_for("part-{shard}.h5", nullptr), Error);
}

TEST_CASE("the tasks of an array each write their images, and merge joins them") {
  const Bench bench;
  for (const char* task : {"1", "0"}) {
    const std::string variables =
        "SLURM_ARRAY_TASK_COUNT=2 SLURM_ARRAY_TASK_MIN=0 "
        "SLURM_ARRAY_TASK_STEP=1 SLURM_ARRAY_TASK_ID=" +
        std::string(task);
    const Outcome run = run_program(
        "/usr/bin/env", variables + " " + CORTICAST_PROGRAM + " encode " + bench.photos + " -m " +
                            bench.model + " -o '" + bench.file("part-{shard}.h5") +
                            "' --shard auto --progress json");
    INFO(run.err);
    CHECK(run.exit_code == (task == std::string("0") ? 4 : 0));
    CHECK(run.out == bench.file("part-" + std::string(task) + "-of-2.h5") + "\n");
    CHECK_THAT(run.err, contains(task == std::string("0")
                                     ? "shard 0/2 (SLURM_ARRAY_TASK_ID 0): rows 0 to 1 of 3"
                                     : "shard 1/2 (SLURM_ARRAY_TASK_ID 1): row 2 of 3"));
    std::istringstream lines(run.err);
    for (std::string line; std::getline(lines, line);) {
      const auto json = nlohmann::json::parse(line);
      if (json.contains("stage")) CHECK(json["shard"] == std::string(task) + "/2");
    }
  }
  CHECK(ReadFile(bench.file("part-0-of-2.h5")).texts("/images/path") ==
        std::vector<std::string>{"broken.jpg", "chelsea_97x60_rgb.png"});
  const Outcome merge = run_corticast("merge " + bench.file("part-0-of-2.h5") + " " +
                                      bench.file("part-1-of-2.h5") + " -o " + bench.file("out.h5"));
  INFO(merge.err);
  CHECK(merge.exit_code == 0);
  CHECK(merge.out == bench.file("out.h5") + "\n");
  CHECK_THAT(merge.err, contains("3 images of 2 shards merged") && contains("1 image had failed"));
  // The command without shards finds its work done.
  const Outcome whole = bench.encode("out.h5", "");
  CHECK_THAT(whole.err, contains("already complete"));
}

TEST_CASE("a dry run shows the shard; a name for all shards is refused by the second") {
  const Bench bench;
  const Outcome dry = bench.encode("a.h5", "--shard 1/3 --dry-run");
  CHECK(dry.exit_code == 0);
  CHECK_THAT(dry.out, contains("shard     1/3: row 1 of 3\nfirst     chelsea_97x60_rgb.png\n"));
  CHECK(bench.encode("a.h5", "--shard 1/2").exit_code == 0);
  const Outcome second = bench.encode("a.h5", "--shard 0/2");
  CHECK(second.exit_code == 5);
  CHECK_THAT(second.err, contains("shard") && contains("{shard}"));
  CHECK(bench.encode("{shard}.h5", "").exit_code == 2);
  CHECK(bench.encode("a.h5", "--shard 2/2").exit_code == 2);
}

TEST_CASE("what cannot be merged is refused by name") {
  const Bench bench;
  REQUIRE(bench.encode("a.h5", "--shard 0/2").exit_code == 4);
  REQUIRE(bench.encode("b.h5", "--shard 1/2").exit_code == 0);
  const auto merge = [&](const std::string& words) {
    return run_corticast("merge " + words + " -o " + bench.file("out.h5"));
  };
  const std::string a = bench.file("a.h5");
  const std::string b = bench.file("b.h5");
  const Outcome missing = merge(b);
  CHECK(missing.exit_code == 2);
  CHECK_THAT(missing.err, contains("shards are missing: 0/2") && contains("--shard 0/2"));
  const Outcome twice = merge(a + " " + b + " " + a);
  CHECK(twice.exit_code == 2);
  CHECK_THAT(twice.err, contains("a.h5: given twice"));
  const Outcome own = run_corticast("merge " + a + " " + b + " -o " + b + " --force");
  CHECK(own.exit_code == 2);
  CHECK_THAT(own.err, contains("would overwrite"));
  CHECK(merge(a + " " + bench.file("none.h5")).exit_code == 5);
  CHECK(merge("").exit_code == 2);
  CHECK_FALSE(std::filesystem::exists(bench.file("out.h5")));
}
