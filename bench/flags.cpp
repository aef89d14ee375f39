#include "bench/flags.h"

#include "cli/program.h"
#include "engine/model/format.h"

namespace corticast::bench {
namespace {

void define_work(CLI::App& app, Flags& flags) {
  const char* group = "What to run";
  auto* model = app.add_option("-m,--model", flags.model, "Model file (from corticast-weights)")
                    ->type_name("MODEL")
                    ->check(cli::not_empty())
                    ->group(group);
  app.add_flag("--synthetic", flags.synthetic, "Random weights of the shape below (the default)")
      ->excludes(model)
      ->group(group);
  app.add_option("--channels", flags.channels, "Width of the synthetic core, a multiple of 8")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(8, static_cast<int>(format::kMaxChannels)).description(""))
      ->excludes(model)
      ->group(group);
  app.add_option("--vertices", flags.vertices,
                 "Rows of the synthetic readouts: all (57,051), visual (7,831) or a number")
      ->type_name("N")
      ->capture_default_str()
      ->excludes(model)
      ->group(group);
  app.add_option("--subjects", flags.subjects,
                 "Comma-separated, as in corticast encode; default: all of MODEL, NSD-01 of a\n"
                 "synthetic model. There a dataset's name, NSD, means all its subjects")
      ->type_name("LIST")
      ->check(cli::not_empty())
      ->group(group);
  app.add_flag("--expand", flags.expand, "Responses spread over all 91,282 grayordinates")
      ->group(group);
  app.add_option("--reduce", flags.reduce,
                 "roi-mean, group-mean or a matrix over vertices, as in corticast encode")
      ->type_name("WHAT")
      ->check(cli::not_empty())
      ->group(group);
  app.add_option("--image", flags.images,
                 "Image, folder, .npy or @LIST to read, repeatable (default: generated JPEGs of\n"
                 "500 x 375)")
      ->type_name("INPUT")
      ->allow_extra_args(false)
      ->check(cli::not_empty())
      ->group(group);
  app.add_option("--images", flags.image_count,
                 "Images of one end-to-end run (default: two batches)")
      ->type_name("N")
      ->check(CLI::Range(1, 1'000'000).description(""))
      ->group(group);
}

void define_conditions(CLI::App& app, Flags& flags) {
  const char* group = "How to run it; every combination of the lists";
  app.add_option("--device", flags.device, "cpu, cuda, cuda:N, cuda:all")
      ->type_name("DEVICE")
      ->capture_default_str()
      ->group(group);
  app.add_option("--precision", flags.precisions, "fp32, fp32-strict, tf32, fp16, bf16")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  app.add_option("--readout", flags.readouts, "auto, fused, gemm")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  app.add_option("--batch", flags.batches, "Images computed together, or auto")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(group);
  app.add_option("--threads", flags.threads,
                 "CPU threads, such as 1,2 (default: as many as this process may use). The\n"
                 "environment variable CORTICAST_ISA forces portable, avx2 or avx512")
      ->type_name("LIST")
      ->check(cli::not_empty())
      ->group(group);
}

}  // namespace

void define_flags(CLI::App& app, Flags& flags) {
  app.add_option(
         "WHAT", flags.what,
         "input: decode and resize; stages: each step of a batch, by the device's clock;\n"
         "output: write HDF5; end-to-end: all of it, as corticast encode (default: these).\n"
         "ops: each kernel of the CPU alone, in every way it has; core-error: the whole core\n"
         "on the CPU against float64 (a minute at full width)")
      ->type_name("")
      ->check(CLI::IsMember({"input", "stages", "output", "end-to-end", "ops", "core-error"})
                  .description(""));
  define_work(app, flags);
  define_conditions(app, flags);
  app.add_option("-r,--repetitions", flags.repetitions, "Timed after one that does not count")
      ->type_name("N")
      ->capture_default_str()
      ->check(CLI::Range(1, 100'000).description(""));
  app.add_option("-o,--output", flags.format, "md, csv or json (one object a line)")
      ->type_name("FORMAT")
      ->capture_default_str();
  app.add_flag("--check", flags.check,
               "Print beside each step its error against the reference in double precision");
}

}  // namespace corticast::bench
