#include "tests/faults/job.h"

#include <map>

#include "engine/atlas/resolve.h"
#include "engine/image/decode.h"
#include "engine/output/open_writer.h"
#include "tests/cli/support.h"
#include "tests/output/support.h"
#include "tests/support/npz.h"

namespace corticast::test {
namespace {

constexpr std::size_t kBatch = 2;

// Answers from a finished output.
class Remembered : public Program {
 public:
  Remembered(const ImageSource& source, const std::filesystem::path& whole) {
    const std::vector<float> all = ReadFile(whole).floats("/responses/readout");
    columns_ = all.size() / source.size();
    std::string pixels(kImageBytes, '\0');
    for (std::size_t k = 0; k < source.size(); ++k) {
      try {
        source.load(k, as_bytes(pixels.data()));
      } catch (const Error&) {
        continue;
      }
      const auto row = all.begin() + static_cast<long>(k * columns_);
      known_[pixels].assign(row, row + static_cast<long>(columns_));
    }
    for (std::string& slot : slots_) slot.resize(kBatch * kImageBytes);
    answers_.resize(kBatch * columns_);
    view_ = {answers_.data()};
  }
  std::uint8_t* input(std::size_t slot) override { return as_bytes(slots_[slot].data()); }
  void submit(std::size_t slot, std::size_t n) override { images_[slot] = n; }
  Responses wait(std::size_t slot) override {
    for (std::size_t i = 0; i < images_[slot]; ++i) {
      const auto found = known_.find(slots_[slot].substr(i * kImageBytes, kImageBytes));
      if (found == known_.end()) continue;  // of an image that failed
      std::copy(found->second.begin(), found->second.end(), answers_.data() + i * columns_);
    }
    return {images_[slot], columns_, view_};
  }

 private:
  static std::uint8_t* as_bytes(char* text) {
    return static_cast<std::uint8_t*>(static_cast<void*>(text));
  }

  std::size_t columns_ = 0;
  std::map<std::string, std::vector<float>> known_;
  std::string slots_[3];
  std::size_t images_[3] = {};
  std::vector<float> answers_;
  std::vector<const float*> view_;
};

EncodeSummary run(const JobFiles& files, const std::filesystem::path& output,
                  const std::filesystem::path* whole) {
  const Model model(files.model);
  const ImageSource source(InputSpec{{"@" + files.list.string()}, false});
  const Request request = resolve_request(model.info(), {});
  const auto backend = open_backend({"cpu", 1});
  RunRecord record;
  for (std::size_t k = 0; k < source.size(); ++k) record.image_names.push_back(source.name(k));
  record.model_id = model.info().model_id;
  record.model_hash = model.info().model_hash;
  record.model_file = files.model.string();
  record.untrained = model.info().untrained;
  record.engine_version = CORTICAST_VERSION;
  record.device = backend->name();
  record.arithmetic = backend->arithmetic();
  record.precision = "fp32";
  record.batch = kBatch;
  record.decoder = decoder_versions();
  record.command_line = "corticast encode " + output.string();
  const auto writer = open_writer(output, record, request, false, nullptr);
  const std::unique_ptr<Program> program = whole == nullptr
                                               ? backend->compile(model, request, kBatch, {})
                                               : std::make_unique<Remembered>(source, *whole);
  EncodeOptions options;
  options.loader_threads = 2;
  return encode(feed_of(source), *program, kBatch, *writer, options);
}

}  // namespace

JobFiles::JobFiles() {
  make_model(model, false);
  write_text(folder / "bad.png", "no image\n");
  std::string names;
  for (const char* name : {"images/astro_122x91_ycck.jpg", "images/clock_77x110_gray4.png", "",
                           "images/rocket_180x131_pal4bit.png", "images/astro_122x91_ycck.jpg"}) {
    names += (*name == '\0' ? folder / "bad.png" : data_path(name)).string() + "\n";
  }
  write_text(list, names);
}

EncodeSummary run_job(const JobFiles& files, const std::filesystem::path& output) {
  return run(files, output, nullptr);
}

EncodeSummary run_job_from_memory(const JobFiles& files, const std::filesystem::path& output,
                                  const std::filesystem::path& whole) {
  return run(files, output, &whole);
}

}  // namespace corticast::test
