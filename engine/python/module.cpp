// corticast._core: the library's public interface as Python objects, thin. What users see is the
// package around it (corticast/).
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <nanobind/stl/optional.h>
#include <nanobind/stl/pair.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/tuple.h>
#include <nanobind/stl/vector.h>

#include <span>

#include "engine/api/corticast.hpp"
#include "engine/python/buffers.h"
#include "engine/python/encoder.h"
#include "engine/python/errors.h"
#include "engine/python/failure.h"
#include "engine/python/words.h"

namespace nb = nanobind;
using namespace nb::literals;

namespace corticast_python {
namespace {

using Text = std::optional<std::string>;
template <typename T>
using Numbers = nb::ndarray<const T, nb::ndim<1>, nb::c_contig, nb::device::cpu>;

std::string path_of(const nb::bytes& bytes) {
  std::string path(bytes.c_str(), bytes.size());
  if (path.find('\0') != std::string::npos) {
    throw Failure(CORTICAST_USAGE, "a path with a NUL byte", "");
  }
  return path;
}

// A read-only array on memory that lives as long as `owner`; None for no memory.
template <typename T>
nb::object view_of(const T* data, std::size_t size, nb::handle owner) {
  if (data == nullptr) return nb::none();
  return nb::cast(nb::ndarray<nb::numpy, const T, nb::ndim<1>>(data, {size}, owner));
}

// An array of its own.
template <typename T>
nb::object array_of(const std::vector<T>& values) {
  return nb::module_::import_("numpy").attr("array")(
      nb::ndarray<nb::numpy, const T, nb::ndim<1>>(values.data(), {values.size()}));
}

std::span<const std::int32_t> space(const corticast::Model& model) {
  if (model.grayordinates() == nullptr) return {};
  return {model.grayordinates(), model.vertices()};
}

nb::object columns_for_berg(const corticast::Model& model,
                            const std::optional<std::vector<std::string>>& roi,
                            const std::optional<std::vector<int>>& groups,
                            const std::optional<Numbers<std::int64_t>>& mask) {
  std::optional<std::vector<std::int64_t>> voxel_index;
  if (mask) voxel_index.emplace(mask->data(), mask->data() + mask->shape(0));
  return array_of(select_berg(model.vertices(), space(model), roi, groups, voxel_index));
}

void add_model(nb::module_& module) {
  using Model = corticast::Model;
  nb::class_<Model>(module, "Model")
      .def(
          "__init__", [](Model* self, const nb::bytes& path) { new (self) Model(path_of(path)); },
          "path"_a)
      .def_prop_ro("id", &Model::id)
      .def_prop_ro("hash", &Model::hash)
      .def_prop_ro("vertex_set", &Model::vertex_set)
      .def_prop_ro("untrained", &Model::untrained)
      .def_prop_ro("multihead", &Model::multihead)
      .def_prop_ro("channels", &Model::channels)
      .def_prop_ro("vertices", &Model::vertices)
      .def_prop_ro("subjects", &Model::subjects)
      .def_prop_ro("grayordinates",
                   [](nb::handle_t<Model> self) {
                     const auto& model = nb::cast<const Model&>(self);
                     return view_of(model.grayordinates(), model.vertices(), self);
                   })
      .def("labels", [](const Model& self) { return array_of(labels(space(self))); })
      .def("select_berg", &columns_for_berg, "roi"_a.none(), "groups"_a.none(), "mask"_a.none())
      .def(
          "resolve_subjects",
          [](const Model& self, const std::string& list) {
            std::vector<std::tuple<std::string, std::string, std::string>> all;
            for (const Target& target : resolve_subjects(self.subjects(), self.multihead(), list)) {
              all.emplace_back(target.name, target.dataset, target.subject);
            }
            return all;
          },
          "list"_a);
}

// Of each readout (facts, noise ceilings, lists of texts, arrays of numbers), all by name.
nb::list known_to_python(const std::vector<Known>& all) {
  nb::list subjects;
  for (const Known& known : all) {
    nb::dict facts, ceilings, texts, numbers;
    for (const auto& [name, value] : known.facts) facts[name.c_str()] = value;
    for (const auto& [name, values] : known.noise_ceilings)
      ceilings[name.c_str()] = array_of(values);
    for (const auto& [name, values] : known.texts) texts[name.c_str()] = values;
    for (const auto& [name, values] : known.numbers) numbers[name.c_str()] = array_of(values);
    subjects.append(nb::make_tuple(facts, ceilings, texts, numbers));
  }
  return subjects;
}

void make_encoder(PythonEncoder* self, const corticast::Model& model, const Text& subjects,
                  const Text& roi, const Text& groups,
                  const std::optional<Numbers<std::uint32_t>>& vertices,
                  const Text& min_noise_ceiling, bool expand, const Text& reduce,
                  const Text& device, const Text& precision, const Text& readout, std::size_t batch,
                  unsigned threads, bool normalised, const nb::object& log) {
  corticast::Options options;
  options.subjects = subjects;
  options.roi = roi;
  options.groups = groups;
  if (vertices) options.vertices.assign(vertices->data(), vertices->data() + vertices->shape(0));
  options.min_noise_ceiling = min_noise_ceiling;
  options.expand = expand;
  options.reduce = reduce;
  options.device = device;
  options.precision = precision;
  options.readout = readout;
  options.batch = batch;
  options.threads = threads;
  options.normalised = normalised;
  new (self) PythonEncoder(model, std::move(options), log);
}

void add_encoder(nb::module_& module) {
  nb::class_<PythonEncoder>(module, "Encoder")
      .def("__init__", &make_encoder, "model"_a, nb::kw_only(), "subjects"_a.none(), "roi"_a.none(),
           "groups"_a.none(), "vertices"_a.none(), "min_noise_ceiling"_a.none(), "expand"_a,
           "reduce"_a.none(), "device"_a.none(), "precision"_a.none(), "readout"_a.none(),
           "batch"_a, "threads"_a, "normalised"_a, "log"_a)
      .def("encode_images", &PythonEncoder::encode_images, "views"_a, "outputs"_a,
           "progress"_a.none())
      .def("encode_normalised", &PythonEncoder::encode_normalised, "input"_a, "outputs"_a,
           "progress"_a.none())
      .def("targets", &PythonEncoder::targets)
      .def("names", &PythonEncoder::names)
      .def_prop_ro("columns", [](const PythonEncoder& self) { return self.encoder().columns(); })
      .def_prop_ro("batch", [](const PythonEncoder& self) { return self.encoder().batch(); })
      .def_prop_ro("device", [](const PythonEncoder& self) { return self.encoder().device(); })
      .def_prop_ro("grayordinates",
                   [](nb::handle_t<PythonEncoder> self) {
                     const auto& encoder = nb::cast<const PythonEncoder&>(self).encoder();
                     return view_of(encoder.grayordinates(), encoder.columns(), self);
                   })
      .def_prop_ro("groups", [](nb::handle_t<PythonEncoder> self) {
        const auto& encoder = nb::cast<const PythonEncoder&>(self).encoder();
        return view_of(encoder.groups(), encoder.columns(), self);
      });
}

}  // namespace
}  // namespace corticast_python

NB_MODULE(_core, module) {
  using namespace corticast_python;
  translate_errors();
  module.attr("__version__") = corticast::version();
  add_model(module);
  add_encoder(module);
  module.def("areas", &areas);
  module.def(
      "known_subjects",
      [](const nb::bytes& path) {
        const std::string name = path_of(path);
        std::vector<Known> all;
        {
          const nb::gil_scoped_release no_gil;
          all = known_subjects(name);
        }
        return known_to_python(all);
      },
      "path"_a);
  module.def(
      "read_image",
      [](const nb::bytes& path, nb::handle pixels) {
        const std::string name = path_of(path);
        const Buffer buffer(pixels, PyBUF_C_CONTIGUOUS | PyBUF_FORMAT | PyBUF_WRITABLE);
        std::uint8_t* to = network_pixels_of(buffer);
        const nb::gil_scoped_release no_gil;
        read_image(name, to);
      },
      "path"_a, "pixels"_a);
}
