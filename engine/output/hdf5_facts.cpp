#include "engine/output/hdf5_facts.h"

#include <algorithm>

#include "engine/base/hdf5_handle.h"
#include "engine/base/text.h"
#include "engine/output/manifest.h"
#include "engine/output/provenance.h"

namespace corticast::hdf5 {

void write_facts(hid_t file, const RunRecord& record, const Request& request) {
  write_attribute(file, "units", kResponseUnits);
  write_attribute(file, "model_id", record.model_id);
  write_attribute(file, "model_hash", record.model_hash);
  write_attribute(file, "model_file", record.model_file);
  write_attribute(file, "engine_version", record.engine_version);
  write_attribute(file, "device", record.device);
  write_attribute(file, "precision", record.precision);
  write_attribute(file, "batch", record.batch);
  write_attribute(file, "decoder", record.decoder);
  write_attribute(file, "command_line", record.command_line);
  write_attribute(file, "manifest", run_manifest(record, request));
  if (!record.untrained) return;
  write_attribute(file, "untrained", 1);
  write_attribute(file, "warning",
                  "UNTRAINED: the weights are synthetic, these are not predictions");
}

void write_image_names(hid_t file, const std::vector<std::string>& names) {
  const bool utf8 = std::all_of(names.begin(), names.end(),
                                [](const std::string& name) { return is_utf8(name); });
  const Handle type = text_type(utf8);
  std::vector<const char*> pointers(names.size());
  std::transform(names.begin(), names.end(), pointers.begin(),
                 [](const std::string& name) { return name.c_str(); });
  write_vector(file, "/images/path", type.get(), type.get(), pointers.data(), names.size());
}

}  // namespace corticast::hdf5
