#include "cli/encode_flags.h"

#include "cli/program.h"
#include "engine/base/error.h"

namespace corticast::cli {

OutputOptions output_options(const EncodeFlags& flags, bool parts) {
  const OutputOptions options{output_format(flags.output, flags.format), parse_fill(flags.fill)};
  if (!parts || options.format == OutputFormat::kHdf5) return options;
  throw Error(ErrorCode::kUsage, flags.output + ": the parts of a run are HDF5",
              "Name the output .h5; 'corticast export' makes this format of it.");
}

void define_encode_flags(CLI::App& app, EncodeFlags& flags) {
  app.add_option(
         "INPUT", flags.input.arguments,
         "Image files, folders (searched recursively for .jpg .jpeg .png .bmp), .npy arrays\n"
         "of integers [N,3,H,W], @LIST (a file with one path a line), - (a list on stdin)")
      ->type_name("")
      ->required();
  app.add_option("-m,--model", flags.model, "Model file (from corticast-weights)")
      ->type_name("MODEL")
      ->required();
  app.add_option("-o,--output", flags.output,
                 "File to write: .h5 or .hdf5 (HDF5), .npy (NumPy), .dscalar.nii (CIFTI-2),\n"
                 ".func.gii (GIFTI, a file for each hemisphere). But for HDF5 each subject has a\n"
                 "file: OUT_sub-NSD01.npy")
      ->type_name("OUT")
      ->required();
  app.add_option("--format", flags.format,
                 "hdf5, npy, cifti, gifti, or mosaic (HDF5 in MOSAIC's layout); default: by OUT")
      ->type_name("FORMAT")
      ->check(not_empty());
  app.add_option("--fill", flags.fill,
                 "Not in HDF5: nan or 0, the value of grayordinates that are not predicted")
      ->type_name("VALUE")
      ->capture_default_str();
  app.add_flag("-0,--null", flags.input.nul_separated,
               "Paths in lists end with NUL (find -print0) instead of newline");

  const char* what = "What to predict";
  app.add_option("--subjects", flags.request.subjects,
                 "Comma-separated: NSD-01, sub-01_NSD, NaturalScenesDataset:1, or all")
      ->type_name("LIST")
      ->capture_default_str()
      ->group(what);
  app.add_option("--roi", flags.request.roi,
                 "Areas, comma-separated: L_V1, V1 (both sides), GlasserGroup_5\n"
                 "('corticast rois MODEL' lists them)")
      ->type_name("LIST")
      ->allow_extra_args(false)
      ->group(what);
  app.add_option("--group", flags.request.groups, "Glasser groups, e.g. 1-5,9")
      ->type_name("LIST")
      ->check(not_empty())
      ->group(what);
  app.add_option("--vertex-mask", flags.request.vertex_mask_path,
                 "FILE.npy of 0 and 1, one per vertex of the model")
      ->type_name("FILE")
      ->check(not_empty())
      ->group(what);
  app.add_option("--min-noise-ceiling", flags.request.min_noise_ceiling,
                 "Of the selected vertices only those with at least this noise ceiling in every\n"
                 "subject asked for, e.g. test_n-avg:0.2 ('corticast info MODEL --subject' shows "
                 "them)")
      ->type_name("NAME:T")
      ->check(not_empty())
      ->group(what);
  app.add_flag("--expand", flags.request.expand,
               "Write all 91,282 grayordinates, NaN where nothing is predicted")
      ->group(what);
  app.add_option("--reduce", flags.request.reduce,
                 "Write means or weighted sums of the selected vertices instead of the vertices:\n"
                 "roi-mean (one per area), group-mean (one per Glasser group), or a matrix\n"
                 "[outputs, selected vertices] in FILE.npy or FILE.h5 (/matrix, /names)")
      ->type_name("HOW")
      ->check(not_empty())
      ->group(what);

  const char* how = "How to run";
  app.add_option("--device", flags.device.device,
                 "auto (a GPU if there is a good one, else cpu), cpu, cuda, cuda:N, cuda:all,\n"
                 "check:A,B (two devices: A's responses, and how B's differ)")
      ->type_name("DEVICE")
      ->capture_default_str()
      ->group(how);
  app.add_option("--precision", flags.precision,
                 "fp32 (Winograd where faster), fp32-strict (direct convolution), or coarser: "
                 "tf32, fp16, bf16")
      ->type_name("MODE")
      ->capture_default_str()
      ->group(how);
  app.add_option("--readout", flags.readout,
                 "auto, fused (one kernel), gemm (matrix products by a library)")
      ->type_name("METHOD")
      ->capture_default_str()
      ->group(how);
  app.add_flag("--tune", flags.tune, "Time each convolution's candidates and keep the fastest")
      ->group(how);
  app.add_flag("--no-selftest", flags.no_selftest,
               "Trust a GPU without the check that its first use begins with")
      ->group(how);
  app.add_option("--batch", flags.batch, "Images computed together, or auto")
      ->type_name("N")
      ->capture_default_str()
      ->group(how);
  app.add_option("--threads", flags.device.threads,
                 "CPU threads (default: as many as this process may use)")
      ->check(CLI::Range(1u, 4096u).description(""))
      ->type_name("N")
      ->group(how);
  app.add_option("--progress", flags.progress, "auto, bar, json (lines on stderr), none")
      ->type_name("MODE")
      ->capture_default_str()
      ->group(how);
  app.add_option("--shard", flags.shard,
                 "Compute part i of n, counted from 0, or auto: the part of this task of a Slurm\n"
                 "array, srun or mpirun. {shard} in OUT becomes i-of-n; 'corticast merge' joins")
      ->type_name("i/n")
      ->check(not_empty())
      ->group(how);
  app.add_flag("--strict", flags.strict,
               "Stop at the first bad image (default: its row is NaN, the run goes on)")
      ->group(how);
  app.add_flag("--dry-run", flags.dry_run, "Show what would be computed and written, then stop")
      ->group(how);
  app.add_flag("--force", flags.force, "Replace an existing output")->group(how);
}

}  // namespace corticast::cli
