#include "app/load_command.h"

#include <fmt/format.h>

#include <algorithm>

namespace paragon {
namespace {

Result<Mix> mix_of(const LoadCommand& options) {
  if (options.mix.empty()) return Mix::build({{"all", 1, options.task, {}}});
  return load_mix(options.mix);
}

}  // namespace

Result<PreparedLoad> prepare(const LoadCommand& options, std::optional<Schedule> arrivals) {
  PreparedLoad prepared;
  auto target = http::parse_endpoint(options.url);
  if (!target) return target.error();
  target->tls_ca_file = options.tls_ca_file;

  auto mix = mix_of(options);
  if (!mix) return mix.error();
  auto classes = load_classes(*mix);
  if (!classes) return classes.error();
  const std::string& asked = mix->classes().front().task;
  prepared.task = options.task_given || asked.empty() ? options.task : asked;

  const auto form = body_form(options.body);
  if (!form) return form.error();
  if (!arrivals) {
    auto made = make_schedule(options.schedule);
    if (!made) return made.error();
    arrivals = std::move(*made);
  }
  auto found = find_pictures(options.pictures, options.schedule.seed);
  if (!found) return found.error();
  auto requests = make_requests(found->pictures, *form, options.input);
  if (!requests) return requests.error();

  prepared.length = arrivals->length;
  prepared.source = arrivals->source;
  prepared.pictures = found->from;
  LoadPlan& plan = prepared.plan;
  plan.target = std::move(*target);
  plan.path = fmt::format("/v2/models/{}/infer", prepared.task);
  plan.classes = std::move(*classes);
  plan.requests = std::move(*requests);
  plan.next = drawn_from(std::move(arrivals->arrivals), std::move(*mix), options.schedule.seed);
  if (!options.token.empty()) plan.headers.add("authorization", "Bearer " + options.token);
  plan.connections_max = options.connections;
  plan.timeout = options.timeout;
  return prepared;
}

LoadRecord record_of(const LoadCommand& options, const PreparedLoad& prepared, const OpenLoop& load,
                     bool interrupted) {
  LoadRecord record;
  record.target = options.url;
  record.task = prepared.task;
  record.source = prepared.source;
  record.pictures = prepared.pictures;
  record.seed = options.schedule.seed;
  record.planned = prepared.length;
  record.elapsed = load.elapsed();
  const Duration sending = interrupted ? std::min(record.planned, record.elapsed) : record.planned;
  if (sending > Duration::zero()) {
    record.mean_rate = rate_of(static_cast<double>(load.tally().total().sent), sending);
  }
  record.interrupted = interrupted;
  return record;
}

}  // namespace paragon
