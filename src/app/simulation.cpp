#include "app/simulation.h"

#include <chrono>
#include <filesystem>
#include <fstream>

#include "report/simulated_run.h"

namespace paragon {

Result<Yardstick> measure_bound(const sim::Scenario& scenario, const sim::OnProgress& progress,
                                const std::function<void()>& scheduled) {
  auto bound = sim::clairvoyant_bound(scenario);
  if (!bound) return bound.error();
  auto plan = sim::clairvoyant_plan(scenario);
  if (!plan) return plan.error();
  scheduled();
  auto run = sim::run(sim::carried_out(std::move(*plan), scenario), {}, progress);
  if (!run) return run.error();
  return Yardstick{*bound, Clairvoyant{run->cost.total(), run->all.violation_rate()}};
}

Result<SimulatedRun> simulate(const ScenarioParts& parts, const KnownTrace& trace,
                              const sim::Scenario& scenario, const JournalSink& journal,
                              const sim::OnProgress& progress) {
  const auto begun = std::chrono::steady_clock::now();
  auto result = sim::run(scenario, journal, progress);
  if (!result) return result.error();
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  SimulatedRun run;
  run.trace = trace.file;
  run.mix = parts.mix_file;
  run.catalog_file = parts.catalog_file;
  run.catalog = parts.catalog.get();
  run.settings = {.version = PARAGON_VERSION,
                  .prices = parts.prices,
                  .shape = parts.shape,
                  .until = trace.until,
                  .brain = scenario.brain,
                  .provisioned = scenario.provisioned,
                  .hand_off = scenario.hand_off,
                  .unusual = parts.unusual};
  run.result = std::move(*result);
  run.wall_s = took.count();
  return run;
}

void compare_with(SimulatedRun& run, const Yardstick& yardstick) {
  run.bound = yardstick.bound;
  run.clairvoyant = yardstick.clairvoyant;
}

std::string this_command() {
  std::ifstream in("/proc/self/cmdline", std::ios::binary);
  std::string text, word;
  while (std::getline(in, word, '\0')) {
    if (text.empty()) word = std::filesystem::path(word).filename().string();
    text += (text.empty() ? "" : " ") + word;
  }
  return text;
}

}  // namespace paragon
