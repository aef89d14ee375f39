#include "engine/output/provenance.h"

#include "engine/base/error.h"
#include "engine/base/file.h"
#include "engine/base/json.h"
#include "engine/maps/file_names.h"
#include "engine/output/hdf5_manifest.h"

namespace corticast {
namespace {

constexpr std::uint64_t kMostSidecar = 64u << 20;

Json generated_by(const RunRecord& record) {
  return Json::Object{{"Name", "corticast"},
                      {"Version", record.engine_version},
                      {"Description", "Predicted by the encoding model " + record.model_id +
                                          ", model hash " + record.model_hash}};
}

Json model_facts(const RunRecord& record) {
  return Json::Object{{"Id", record.model_id},
                      {"Hash", record.model_hash},
                      {"File", record.model_file},
                      {"Untrained", record.untrained}};
}

Json image_facts(const ResponseFile& file, const std::vector<std::size_t>& rows) {
  Json::Array images;
  images.reserve(rows.size());
  for (const std::size_t row : rows) {
    const RowStatus& status = file.status()[row];
    Json image(Json::Object{{"Name", file.record().image_names[row]},
                            {"Row", row},
                            {"Status", status.ok ? "ok" : "failed"}});
    if (!status.ok) image["Error"] = status.error;
    images.push_back(std::move(image));
  }
  return images;
}

template <typename T>
Json list_of(const std::vector<T>& values) {
  Json::Array list;
  list.reserve(values.size());
  for (const T& value : values) list.emplace_back(value);
  return list;
}

}  // namespace

std::string provenance(const ResponseFile& file, std::size_t target,
                       const std::vector<std::size_t>& rows, const std::string& command_line) {
  const RunRecord& record = file.record();
  const Request& layout = file.layout();
  Json facts(Json::Object{
      {"Description", record.untrained
                          ? "Output of an UNTRAINED encoding model (synthetic weights): no "
                            "prediction of anything"
                          : "Predicted cortical fMRI responses to images, one map per image"},
      {"GeneratedBy", Json::Array{generated_by(record)}},
      {"Model", model_facts(record)},
      {"Subject", layout.targets[target].name},
      {"Units", kResponseUnits},
      {"Device", record.device},
      {"Precision", record.precision},
      {"Batch", record.batch},
      {"Decoder", record.decoder},
      {"CommandLine", record.command_line},
      {"Images", image_facts(file, rows)},
      {"Manifest", parse_json(file.manifest())}});
  if (!command_line.empty()) facts["ExportCommandLine"] = command_line;
  if (layout.reduction) {
    facts["Columns"] = list_of(layout.reduction->names);
    facts["Reduction"] = layout.reduction->kind;
  }
  return facts.dump();
}

bool says_untrained(const std::filesystem::path& file) {
  if (read_hdf5_manifest(file)) return ResponseFile(file).record().untrained;
  for (const std::filesystem::path& made : {file, unmarked_name(file)}) {
    try {
      const std::vector<std::byte> bytes =
          read_file(sidecar_name(made), kMostSidecar, ErrorCode::kUsage);
      const Json facts = parse_json(
          {static_cast<const char*>(static_cast<const void*>(bytes.data())), bytes.size()});
      const Json* const model = facts.find("Model");
      return facts.value("Untrained", false) || (model && model->value("Untrained", false));
    } catch (const Error&) {  // there is none, or another program's
    } catch (const Json::exception&) {
    }
  }
  return false;
}

std::string dataset_description(const RunRecord& record) {
  return Json(Json::Object{{"Name", "Predicted fMRI responses (" + record.model_id + ")"},
                           {"BIDSVersion", "1.9.0"},
                           {"DatasetType", "derivative"},
                           {"GeneratedBy", Json::Array{generated_by(record)}}})
             .dump() +
         "\n";
}

}  // namespace corticast
