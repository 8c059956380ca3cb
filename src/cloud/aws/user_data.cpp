#include "cloud/aws/user_data.h"

#include <fmt/format.h>

namespace paragon::aws {
namespace {

// Longer than a worker's own drain, so that it is not killed in the middle of one.
constexpr int kStopSeconds = 40;

}  // namespace

std::string shell_quoted(const std::string& text) {
  std::string out = "'";
  for (const char c : text) {
    if (c == '\'') {
      out += "'\\''";
    } else {
      out += c;
    }
  }
  return out + "'";
}

std::string user_data(const InstanceSettings& settings, int slots) {
  std::string command = fmt::format(
      "{} worker --listen \"${{PARAGON_LISTEN_ADDRESS:-0.0.0.0}}:{}\" --slots {} "
      "--preload all --orphan-after {} --spot-notices",
      shell_quoted(settings.program), settings.port, slots,
      static_cast<std::int64_t>(seconds(settings.orphan_after)));
  if (!settings.catalog_file.empty())
    command += " --catalog " + shell_quoted(settings.catalog_file);
  if (!settings.models_dir.empty()) command += " --models-dir " + shell_quoted(settings.models_dir);

  std::string script = "#!/bin/sh\n";
  // Whatever goes wrong from here on, the instance ends rather than being billed for nothing.
  script += "trap 'shutdown -h now' EXIT\n";
  if (!settings.setup.empty()) {
    script += "set -e\n" + settings.setup;
    if (settings.setup.back() != '\n') script += '\n';
    script += "set +e\n";
  }
  script += "if [ -d /run/systemd/system ] && [ -z \"$PARAGON_LISTEN_ADDRESS\" ]; then\n";
  script += fmt::format(
      "  systemd-run --wait --collect --unit paragon-worker --property KillMode=mixed "
      "--property TimeoutStopSec={} {}\n",
      kStopSeconds, command);
  script += "else\n  " + command + " &\n";
  // The shell passes the signal on and waits twice: the first wait ends with the signal.
  script += "  worker=$!\n  trap 'kill -TERM $worker' TERM\n  wait $worker\n  wait $worker\nfi\n";
  return script;
}

}  // namespace paragon::aws
