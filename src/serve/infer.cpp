#include "serve/infer.h"

#include <fmt/format.h>

#include <memory>
#include <string>
#include <utility>

#include "serve/infer_exchange.h"
#include "serve/slo.h"
#include "wire/top_k.h"
#include "wire/unix_time.h"

namespace paragon {

std::optional<ServedModel> find_model(const Catalog& catalog, std::string_view name) {
  if (auto task = catalog.find_task(name)) return ServedModel{*task, std::nullopt};
  if (auto variant = catalog.find_variant(name)) {
    return ServedModel{catalog.variant(*variant).task, *variant};
  }
  return std::nullopt;
}

http::Response unknown_model(const Catalog& catalog, std::string_view name) {
  std::string names;
  for (const Task& task : catalog.tasks()) names += (names.empty() ? "" : ", ") + task.name;
  return oip::error_response(
      {ErrorCode::not_found, fmt::format("unknown model '{}'; tasks are {}; variants are listed by "
                                         "POST /v2/repository/index",
                                         name, names)});
}

InferEndpoint::InferEndpoint(Loop& loop, Controller& controller, const ServeConfig& config)
    : loop_(loop), controller_(controller), config_(config) {}

void InferEndpoint::refuse(http::Reply& reply, const Error& error) {
  ++controller_.statistics().invalid;
  reply(oip::error_response(error));
}

void InferEndpoint::handle(const ServedModel& model, http::Request&& request, http::Reply reply) {
  if (controller_.in_flight() >= config_.gateway.in_flight_max) {
    http::Response full = oip::error_response(
        {ErrorCode::unavailable, "too many queries are in flight; try again in a second"});
    full.headers.add("Retry-After", "1");
    ++controller_.statistics().refused[static_cast<std::size_t>(Reason::waiting_room_full)];
    reply(std::move(full));
    return;
  }
  const Task& task = controller_.catalog().task(model.task);
  if (request.body.size() <= kParseInPool) {
    auto parsed = take_apart(task, std::move(request));
    if (!parsed) return refuse(reply, parsed.error());
    submit(model, std::move(parsed).value(), std::move(reply));
    return;
  }
  struct Work {
    http::Request request;
    std::optional<Result<TakenApart>> parsed;
  };
  auto work = std::make_shared<Work>(Work{std::move(request), std::nullopt});
  loop_.defer_to_pool([work, &task] { work->parsed = take_apart(task, std::move(work->request)); },
                      [this, work, model, reply]() mutable {
                        if (!work->parsed->ok()) return refuse(reply, work->parsed->error());
                        submit(model, std::move(*work->parsed).value(), std::move(reply));
                      });
}

void InferEndpoint::submit(const ServedModel& model, TakenApart&& parsed, http::Reply reply) {
  const Catalog& catalog = controller_.catalog();
  static const Constraints kNone;
  auto configured = config_.defaults.find(catalog.task(model.task).name);
  auto slo = read_slo(parsed.request.parameters, parsed.headers,
                      configured == config_.defaults.end() ? kNone : configured->second, unix_ms());
  if (!slo) return refuse(reply, slo.error());

  Ask ask;
  ask.query = {model.task, slo->constraints, model.pinned};
  ask.headers = std::move(parsed.forward);
  ask.body = std::move(parsed.body);
  ask.arrived = parsed.arrived;
  ask.tenant = std::move(slo->tenant);
  ask.percentile = slo->percentile;
  // What is no number is for the worker to refuse.
  const auto top_k = oip::asked_top_k(parsed.request.parameters, ask.headers);
  ask.top_k = (top_k ? *top_k : std::nullopt).value_or(catalog.task(model.task).top_k);
  Query asked = ask.query;
  asked.constraints = controller_.brain().completed(ask.query);
  auto exchange =
      std::make_unique<InferExchange>(controller_, asked, ask.top_k, slo->explain,
                                      std::move(parsed.request), parsed.arrived, std::move(reply));
  controller_.submit(std::move(ask), std::move(exchange));
}

}  // namespace paragon
