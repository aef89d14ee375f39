// Writes the inputs that fuzzing starts from, FOLDER/<target>/<name>: one small good file of each
// kind, and what an attacker would try first. usage: fuzz_seeds FOLDER
#include <nlohmann/json.hpp>

#include "engine/base/file.h"
#include "engine/base/npy.h"
#include "engine/model/safetensors.h"
#include "tests/image/encoders.h"
#include "tests/model/fixture.h"
#include "tests/support/npz.h"
#include "tests/weights/builders.h"
#include "weights_tool/checkpoint/container.h"

using namespace corticast;
using namespace corticast::test;

namespace {

std::filesystem::path root;

void put(const std::string& target, const std::string& name, const std::string& bytes) {
  std::filesystem::create_directories(root / target);
  write_text(root / target / name, bytes);
}

std::string text_of(const Bytes& bytes) {
  return {bytes.begin(), bytes.end()};
}

// A CNN8 of 8 channels and one vertex in which every tensor is a few stored numbers, expanded.
std::string cnn8_pickle(bool legacy, const std::string& storage, const std::string& head) {
  std::string pickle = kProto + "}(";
  const auto add = [&](const std::string& name, const std::vector<std::int64_t>& shape) {
    TensorSpec spec;
    spec.storage = storage;
    spec.count = 4;
    spec.offset = 1;
    spec.shape = shape;
    spec.stride.assign(shape.size(), 0);
    spec.legacy = legacy;
    pickle += text(name) + tensor(spec);
  };
  std::int64_t inputs = 3;
  std::int64_t kernel = 5;
  for (int b = 1; b <= 8; ++b) {
    const std::string block = "core.block" + std::to_string(b);
    kernel = b <= 2 ? 5 : 3;
    add(block + ".0.weight", {8, inputs, kernel, kernel});
    for (const char* leaf : {"weight", "bias", "running_mean", "running_var"}) {
      add(block + ".1." + leaf, {8});
    }
    add(block + ".1.num_batches_tracked", {});
    inputs = 8;
  }
  add(head + "._features", {1, 8});
  add(head + ".spatial", {1, 26, 26});
  add(head + ".bias", {1});
  return pickle + "u.";
}

void checkpoints() {
  const std::string numbers = floats({1, 2, 3, 4, 5, 6});
  TensorSpec spec;
  std::int64_t variant = 0;
  for (const char* storage : {"FloatStorage", "HalfStorage", "BFloat16Storage", "DoubleStorage",
                              "LongStorage", "BoolStorage", "UntypedStorage"}) {
    spec.storage = storage;
    spec.count = variant % 3 + 1;
    spec.shape = {spec.count, 1};
    const std::string pickle = dict_of(tensor(spec));
    put("pickle", storage, pickle);
    put("checkpoint", std::string("zip_") + storage, checkpoint_zip(pickle, numbers.substr(0, 8)));
    put("zip", storage, checkpoint_zip(pickle, numbers.substr(0, 8)));
    ++variant;
  }
  spec = {};
  spec.legacy = true;
  const std::string count = le(std::int64_t{6});
  put("checkpoint", "legacy", checkpoint_legacy(dict_of(tensor(spec)), {"0"}, count + numbers));
  put("checkpoint", "zip", checkpoint_zip(dict_of(tensor({})), numbers));
  const std::string four = le(std::int64_t{4}) + floats({1, 2, 3, 4});
  for (const char* head : {"readout", "subject_readouts.sub-01_NSD"}) {
    put("checkpoint", std::string("cnn8_legacy_") + head,
        checkpoint_legacy(cnn8_pickle(true, "FloatStorage", head), {"0"}, four));
    put("checkpoint", std::string("cnn8_zip_") + head,
        checkpoint_zip(cnn8_pickle(false, "HalfStorage", head), std::string("\0<\0@\0B\0D", 8)));
  }
  put("zip", "empty", zip({}));
  put("zip", "commented", zip({{"a/data.pkl", "}."}, {"a/byteorder", "little"}}));
  for (const char* name :
       {"bad_global_zip", "bad_numel_zip", "bad_record_missing_zip", "bad_stride_zip"}) {
    const std::string file = read_text(data_path(std::string("checkpoints/") + name + ".pth"));
    put("zip", name, file);
    put("checkpoint", name, file);
  }
  // As PyTorch pickles them.
  for (const char* name : {"tiny_zip", "tiny_strided_zip", "tiny_v2layout_zip"}) {
    const std::string file = read_text(data_path(std::string("checkpoints/") + name + ".pth"));
    const weights::ZipArchive archive(as_byte_span(file), name);
    put("pickle", name, std::string(as_text(weights::find_object_entry(archive, name).data)));
  }
  // What imports, calls, repeats or nests.
  put("pickle", "reduce",
      "cposix\nsystem\n(X\x02\0\0\0ls"
      "tR.");
  put("pickle", "inst", std::string("(S'ls'\niposix\nsystem\n."));
  put("pickle", "stack_global", "\x80\x04\x8c\x05posix\x8c\x06system\x93\x8c\x02ls\x85R.");
  put("pickle", "newobj",
      "\x80\x02"
      "c__builtin__\nobject\n)\x81}b.");
  put("pickle", "memo", "\x80\x02}q\x01(h\x01h\x01u0]r\x02\0\0\0\x94(1h\x02.");
  put("pickle", "deep", std::string(60, '(') + std::string(60, 't') + ".");
  put("pickle", "cycle",
      "]q\x01h\x01"
      "a.");
  put("pickle", "numbers",
      std::string("(J\xff\xff\xff\xffK\x01M\x01\x02G\0\0\0\0\0\0\0\0L12L\n\x8a\x01\xfft.", 30));
}

void models() {
  const TemporaryFolder folder;
  for (const bool atlas : {true, false}) {
    for (const bool multihead : {true, false}) {
      ModelInfo info = small_facts(1, atlas ? 3 : 1, atlas);
      info.multihead = multihead;
      if (!multihead) info.subjects.resize(atlas ? 1 : 0);
      const std::string name =
          std::string(atlas ? "atlas" : "none") + (multihead ? "_multi" : "_single");
      write_model(folder / name, info);
      const std::string file = read_text(folder / name);
      put("model_file", name, file);
      put("model_header", name, file.substr(8, load_le<std::uint64_t>(file.data())));
    }
  }
  put("model_header", "deep", std::string(5000, '['));
  put("model_header", "deep_objects", "{\"a\":" + std::string(2000, '['));
}

void arrays() {
  for (const char* type : {"|u1", "<i2", "<i8", "|b1", "<f4", "<f8"}) {
    const std::size_t item = static_cast<std::size_t>(type[2] - '0');
    const std::string name = std::string(type + 1);
    for (const std::vector<std::uint64_t>& shape :
         {std::vector<std::uint64_t>{2, 3, 2, 3}, {3, 4}, {5}, {}}) {
      std::uint64_t items = 1;
      for (const std::uint64_t dim : shape) items *= dim;
      put("npy", name + "_" + std::to_string(shape.size()),
          make_npy_header(type, shape) + std::string(items * item, '\x01'));
    }
  }
  std::string fortran = make_npy_header("<f4", {2, 2});
  fortran.replace(fortran.find("False"), 5, "True ");
  put("npy", "fortran", fortran + std::string(16, '\0'));
  std::string second = make_npy_header("|u1", {1});
  second.insert(8, 2, '\0');
  std::swap(second[8], second[10]);
  second[6] = 2;
  put("npy", "version_2", second + "x");
}

void images() {
  const auto samples = [](std::size_t count, int bits) {
    std::vector<std::uint16_t> values(count);
    for (std::size_t i = 0; i < count; ++i)
      values[i] = static_cast<std::uint16_t>(i * 37 % (1u << bits));
    return values;
  };
  for (const bool interlaced : {false, true}) {
    for (const auto& [type, bits] : {std::pair(0, 1),
                                     {0, 4},
                                     {0, 8},
                                     {0, 16},
                                     {2, 8},
                                     {2, 16},
                                     {3, 2},
                                     {3, 8},
                                     {4, 8},
                                     {6, 8},
                                     {6, 16}}) {
      PngSpec spec;
      spec.width = 9;
      spec.height = 7;
      spec.colour_type = type;
      spec.bits = bits;
      spec.samples = samples(9 * 7 * 4, bits);
      spec.samples.resize(9 * 7 * (type == 2 ? 3 : type == 4 ? 2 : type == 6 ? 4 : 1));
      if (type == 3) spec.palette = noise(12, 3);
      if (type == 3) spec.transparency = {0, 128};
      spec.interlaced = interlaced;
      put("image",
          "png_" + std::to_string(type) + "_" + std::to_string(bits) + (interlaced ? "i" : ""),
          text_of(make_png(spec)));
    }
  }
  for (const int components : {1, 3, 4}) {
    for (const int form : {0, 1, 2, 3}) {
      JpegSpec spec{17, 9, components, form % 2 == 1, form >= 2};
      if (spec.subsampled && components != 3) continue;
      put("image", "jpeg_" + std::to_string(components) + "_" + std::to_string(form),
          text_of(make_jpeg(spec, noise(17 * 9 * static_cast<std::size_t>(components), 5))));
    }
  }
  for (const int bits : {1, 4, 8, 24, 32}) {
    for (const bool os2 : {false, true}) {
      if (os2 && bits == 32) continue;
      BmpSpec spec;
      spec.width = 5;
      spec.height = os2 || bits == 8 ? 3 : -3;
      spec.bits = bits;
      spec.os2 = os2;
      if (bits <= 8) spec.palette = noise((os2 ? 3u : 4u) << bits, 2);
      spec.pixels = noise(static_cast<std::size_t>((5 * bits + 31) / 32 * 4 * 3), 1);
      put("image", "bmp_" + std::to_string(bits) + (os2 ? "_os2" : ""), text_of(make_bmp(spec)));
    }
  }
  for (const char* other : {"GIF89a", "II*", "RIFFxxxxWEBP", "\x93NUMPY", "%PDF", "hello"}) {
    put("image", "other_" + std::to_string(static_cast<unsigned char>(other[0])), other);
  }
}

void texts() {
  const std::vector<std::string> words = {
      "V1",
      "L_V1,R_MT",
      "GlasserGroup_5",
      "all",
      "1-5,9",
      "22",
      "0",
      "23",
      "9-1",
      "4294967296",
      "007",
      "NSD-01",
      "sub-01_NSD",
      "NaturalScenesDataset:1",
      "NSD-1,NSD-08,2",
      "1",
      "THINGS-02",
      "sub-1_NSD",
      "fp32",
      "fp32-strict",
      "bf16",
      "tf32",
      "gemm",
      "fused",
      "auto",
      "0/3",
      "2/3",
      "3/3",
      "-1/2",
      "0/0",
      "visual",
      "L_v1",
      "H",
      "GlasserGroup_23",
      ",,",
      " V1 , V2 ",
      "\xc2\x9b"
      "31m",
      "\xff\xfe",
      "\x1b[2J",
      "SLURM_ARRAY_TASK_ID=7\nSLURM_ARRAY_TASK_MIN=1\nSLURM_ARRAY_TASK_STEP=2\nSLURM_ARRAY_TASK_"
      "COUNT=4",
      "OMPI_COMM_WORLD_RANK=1\nOMPI_COMM_WORLD_SIZE=3",
      "PMI_RANK=0\nPMI_SIZE=1",
      "SLURM_PROCID=2\nSLURM_STEP_NUM_TASKS=3",
      "model-CNN8_framework-multihead_subjects-NSD_vertices-all.pth",
      "model-CNN8_framework-singlehead_subjects-sub-01_NSD_vertices-visual.pth"};
  for (std::size_t i = 0; i < words.size(); ++i) put("words", std::to_string(i), words[i]);
  put("list", "lines", "a.jpg\nb c.png\r\n\n-\n@x\n\xff.bmp\nfolder/x.jpg");
  put("list", "nul", std::string("a\nb.jpg\0b.png\0\0", 15));
  put("list", "array", "a.npy\n");
  const nlohmann::json one{{"engine version", "0.1.0"},
                           {"images", 3},
                           {"expand", false},
                           {"subjects", {"/NaturalScenesDataset/sub-01"}},
                           {"shard", {{"index", 0}, {"count", 3}, {"first row", 0}}}};
  nlohmann::json other = one;
  other["images"] = 4;
  other["matrix"] = "00ff";
  put("manifest", "same", one.dump() + "\n" + one.dump());
  put("manifest", "other", one.dump() + "\n" + other.dump());
  const std::string deep = "{\"a\":" + std::string(20'000, '[') + std::string(20'000, ']') + "}";
  put("manifest", "deep", deep + "\n" + deep);
  put("manifest", "none", "x\n{}");
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  root = argv[1];
  checkpoints();
  models();
  arrays();
  images();
  texts();
  return 0;
}
