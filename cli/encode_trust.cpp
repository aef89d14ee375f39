#include "cli/encode_trust.h"

#include "cli/words.h"

namespace corticast::cli {

void trust_device(EncodePlan& plan, const EncodeFlags& flags, ProgressReport& report) {
  if (plan.device.idle_gpu) {
    report.note("note: on the CPU, for the GPU of this machine cannot be used: " +
                printable(plan.device.no_gpu) + " (corticast info --devices)");
  }
  Backend& backend = *plan.device.backend;
  if (flags.no_selftest) return;
  if (trust_in(backend, plan.model.info(), plan.method) != Trust::kNotChecked) return;
  report.note("first use of " + printable(backend.name()) + " in " +
              to_string(plan.method.precision) + ": selftest (some seconds, once)");
  try {
    check_before_use(backend, plan.model, plan.request, plan.batch, plan.method);
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kDevice || !plan.device.replaceable) throw;
    report.note("warning: " + printable(error.what()));
    report.note("warning: going on with the CPU");
    plan.take_device(choose_device({"cpu", flags.device.threads}), flags);
    return;
  }
  report.note("selftest passed");
}

}  // namespace corticast::cli
