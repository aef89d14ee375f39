#include "cli/ranks/ranks.h"

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <future>
#include <map>
#include <stdexcept>

#include "cli/ranks/exit_codes.h"
#include "cli/ranks/own_gpu.h"
#include "cli/ranks/rank_files.h"
#include "tests/cli/support.h"
#include "tests/faults/contents.h"
#include "tests/support/catch.h"
#include "tests/support/npz.h"
#include "tests/support/temporary.h"
#include "tests/support/variable.h"

using namespace corticast;
using namespace corticast::cli;
using namespace corticast::test;

namespace {

constexpr const char* kNotRun = "not run: there is no MPI module, or no mpirun";

bool can_launch() {
  return std::string(CORTICAST_MPIRUN) != "";
}

// A folder with a model and a list of photographs, one of them more than once.
struct Bench {
  TemporaryFolder folder;
  std::string list = (folder / "list").string();
  std::string output = (folder / "out.h5").string();
  // Open MPI refuses root, and more ranks than cores, unless told so.
  Variable root{"OMPI_ALLOW_RUN_AS_ROOT", "1"};
  Variable really{"OMPI_ALLOW_RUN_AS_ROOT_CONFIRM", "1"};
  Variable crowded{"OMPI_MCA_rmaps_base_oversubscribe", "1"};

  explicit Bench(std::size_t images) {
    make_model(folder / "model", true);
    const std::string photo = data_path("images/rocket_224x224_rgb.png").string();
    std::string names;
    for (std::size_t k = 0; k < images; ++k) names += photo + "\n";
    write_text(list, names);
  }
  std::string command(const std::string& out, const std::string& more = "") const {
    return "encode @" + list + " -m " + (folder / "model").string() + " --batch 2 --threads 1 -o " +
           out + " " + more;
  }
  Outcome alone(const std::string& out) const { return run_corticast(command(out)); }
  Outcome launch(unsigned ranks, const std::string& more = "") const {
    return run_program(CORTICAST_MPIRUN, "-n " + std::to_string(ranks) + " " CORTICAST_PROGRAM " " +
                                             command(output, more));
  }
  // The same, but rank 1 is killed as soon as it has rows.
  Outcome launch_and_kill(unsigned ranks) const {
    const std::string pid = (folder / "pid-").string();
    write_text(folder / "rank.sh", "echo $$ >" + pid +
                                       "${OMPI_COMM_WORLD_RANK:-$PMI_RANK}\n"
                                       "exec " CORTICAST_PROGRAM " " +
                                       command(output) + "\n");
    auto running = std::async(std::launch::async, [&] {
      return run_program(CORTICAST_MPIRUN,
                         "-n " + std::to_string(ranks) + " sh " + (folder / "rank.sh").string());
    });
    const auto moment = std::chrono::milliseconds(10);
    while (rows_of_rank(1, ranks) == 0 && running.wait_for(moment) != std::future_status::ready) {
    }
    std::system(("kill -9 $(cat " + pid + "1)").c_str());
    return running.get();
  }
  // Finished rows of a rank's unfinished file, which its owner has locked: of a copy.
  std::size_t rows_of_rank(unsigned rank, unsigned ranks) const {
    const auto copy = folder / "copy";
    std::error_code not_yet;
    std::filesystem::copy_file(rank_file(output, {rank, ranks}) + ".part", copy,
                               std::filesystem::copy_options::overwrite_existing, not_yet);
    if (not_yet) return 0;
    try {
      const std::vector<std::uint8_t> done = journal(copy);
      return static_cast<std::size_t>(std::count(done.begin(), done.end(), 1));
    } catch (const std::runtime_error&) {  // copied while it was being written
      return 0;
    }
  }
};

}  // namespace

TEST_CASE("how many processes a launcher started") {
  const auto launched = [](std::map<std::string, std::string> set) {
    return launched_processes([set](const char* name) {
      const auto found = set.find(name);
      return found == set.end() ? nullptr : found->second.c_str();
    });
  };
  CHECK(launched({}) == 1);
  CHECK(launched({{"OMPI_COMM_WORLD_SIZE", "3"}, {"SLURM_STEP_NUM_TASKS", "2"}}) == 3);
  CHECK(launched({{"PMI_SIZE", "4"}, {"PMI_RANK", "0"}}) == 4);
  // srun starts MPI processes only where it says so.
  CHECK(launched({{"SLURM_STEP_NUM_TASKS", "5"}}) == 1);
  CHECK(launched({{"SLURM_STEP_NUM_TASKS", "5"}, {"PMIX_RANK", "0"}}) == 5);
  CHECK(launched({{"PMIX_RANK", "0"}}) == 1);
}

TEST_CASE("the gravest exit code is every rank's") {
  int before = -1;
  for (const int code : {0, 4, 7, 2, 3, 6, 5, 75, 1}) {
    CHECK(gravity_of(code) > before);
    CHECK(exit_code_of(gravity_of(code)) == code);
    before = gravity_of(code);
  }
  CHECK(exit_code_of(gravity_of(99)) == 1);
}

TEST_CASE("files of ranks lie beside the output, and those of other launches are found") {
  const TemporaryFolder folder;
  const std::string output = (folder / "out.h5").string();
  CHECK(rank_file(output, {1, 3}) == (folder / "out.rank-1-of-3.h5").string());
  CHECK(rank_file("out.hdf5", {0, 2}) == "out.rank-0-of-2.hdf5");
  for (const char* name :
       {"out.rank-0-of-3.h5", "out.rank-1-of-4.h5.part", "out.rank-0-of-4.h5", "out.rank-x-of-4.h5",
        "other.rank-0-of-4.h5", "out.rank-.h5", "out.h5"}) {
    write_text(folder / name, "x");
  }
  CHECK(files_of_other_launches(output, 3) ==
        std::vector<std::string>{(folder / "out.rank-0-of-4.h5").string(),
                                 (folder / "out.rank-1-of-4.h5.part").string()});
  remove_rank_files(output, 4);
  CHECK(files_of_other_launches(output, 3).empty());
  CHECK(std::filesystem::exists(folder / "out.rank-0-of-3.h5"));
}

TEST_CASE("processes of one machine take its GPUs in turn") {
  CHECK(gpu_of_process(5, nullptr, 4) == "1");
  CHECK(gpu_of_process(5, nullptr, 1).empty());
  CHECK(gpu_of_process(0, nullptr, 0).empty());
  CHECK(gpu_of_process(1, "4,GPU-7a", 8) == "GPU-7a");
  CHECK(gpu_of_process(1, "4", 8).empty());  // a launcher gave each its own
  CHECK(gpu_of_process(1, "", 8).empty());
}

TEST_CASE("processes launched together without the MPI module do not fight for one output") {
  const Bench bench(1);
  const Variable size("OMPI_COMM_WORLD_SIZE", "3");
  const Variable module("CORTICAST_MPI_MODULE", "/nowhere/module.so");
  const Outcome run = bench.alone(bench.output);
  CHECK(run.exit_code == 2);
  CHECK_THAT(run.err,
             contains("3 processes") && contains("/nowhere/module.so") && contains("--shard auto"));
  CHECK_FALSE(std::filesystem::exists(bench.output + ".part"));
  {
    const Variable rank("OMPI_COMM_WORLD_RANK", "1");
    const Outcome other = bench.alone(bench.output);  // the first has said it
    CHECK(other.exit_code == 2);
    CHECK(other.err.empty());
  }
  // Each with a shard of its own: nobody has to wait for anybody.
  CHECK(run_corticast(bench.command(bench.output, "--shard 0/1")).exit_code == 0);
}

TEST_CASE("three ranks write what one process writes") {
  if (!can_launch()) {
    WARN(kNotRun);
    return;
  }
  const Bench bench(7);
  const std::string broken = (bench.folder / "broken.png").string();
  write_text(broken, "no image");
  write_text(bench.list, read_text(bench.list) + broken + "\n");
  const std::string alone = (bench.folder / "alone.h5").string();
  REQUIRE(bench.alone(alone).exit_code == 4);  // the last is no image

  const Outcome run = bench.launch(3);
  INFO(run.err);
  CHECK(run.exit_code == 4);
  CHECK(run.out == bench.output + "\n");
  CHECK_THAT(run.err, contains("rank 2: bad image"));
  CHECK(contents(bench.output) == contents(alone));
  CHECK_FALSE(std::filesystem::exists(rank_file(bench.output, {0, 3})));

  const Outcome again = bench.launch(2);
  CHECK(again.exit_code == 0);
  CHECK_THAT(again.err, contains("already complete"));
  CHECK(bench.launch(2, "--subjects NSD-01").exit_code == 5);
}

TEST_CASE("a killed rank loses nothing") {
  if (!can_launch()) {
    WARN(kNotRun);
    return;
  }
  constexpr std::size_t kImages = 60;
  const Bench bench(kImages);
  const std::string alone = (bench.folder / "alone.h5").string();
  REQUIRE(bench.alone(alone).exit_code == 0);

  const Outcome killed = bench.launch_and_kill(3);
  INFO(killed.err);
  CHECK(killed.exit_code != 0);
  CHECK_FALSE(std::filesystem::exists(bench.output));
  const std::size_t rows = bench.rows_of_rank(1, 3);
  CHECK(rows > 0);
  CHECK(rows < kImages / 3);

  const Outcome fewer = bench.launch(2);
  CHECK(fewer.exit_code == 2);
  CHECK_THAT(fewer.err, contains("another number of processes"));

  const Outcome resumed = bench.launch(3);
  INFO(resumed.err);
  CHECK(resumed.exit_code == 0);
  CHECK(contents(bench.output) == contents(alone));
  CHECK(files_of_other_launches(bench.output, 0).empty());
}
