#include "serve/infer.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

#include <algorithm>
#include <cmath>

#include "serve/ballots.h"
#include "serve/explain.h"
#include "serve/slo.h"
#include "serve/status_api.h"
#include "wire/base64.h"
#include "wire/top_k.h"
#include "wire/unix_time.h"

namespace paragon {
namespace {

constexpr const char* kJsonLength = "inference-header-content-length";

std::string shape_text(const std::vector<std::int64_t>& shape) {
  std::string text = "[";
  for (std::int64_t side : shape) text += (text.size() > 1 ? ", " : "") + std::to_string(side);
  return text + "]";
}

Error wrong_input(const oip::Tensor& tensor, const std::string& expected) {
  return {ErrorCode::invalid,
          fmt::format("input '{}': got {} {}, expected {}", tensor.name, oip::name(tensor.type),
                      shape_text(tensor.shape), expected)};
}

constexpr const char* kPictureForms =
    "one encoded picture (BYTES [1], PNG or JPEG) or one raw RGB picture (UINT8 [H, W, 3] or "
    "[1, H, W, 3])";

Status check_picture(const oip::Tensor& tensor) {
  const auto& shape = tensor.shape;
  if (tensor.type == oip::DataType::bytes) {
    if (tensor.elements() > 1) {
      return wrong_input(tensor,
                         "one picture in a request: constraints, price and choice are per picture; "
                         "send the others as requests of their own");
    }
    auto elements = oip::bytes_elements(tensor);
    if (!elements || elements->size() != 1) return wrong_input(tensor, kPictureForms);
    if (!is_picture(elements->front())) {
      return Error{ErrorCode::invalid,
                   fmt::format("input '{}': {} bytes that are neither PNG nor JPEG", tensor.name,
                               elements->front().size())};
    }
    return {};
  }
  if (tensor.type != oip::DataType::uint8) return wrong_input(tensor, kPictureForms);
  const bool batched = shape.size() == 4;
  if ((shape.size() != 3 && !batched) || shape.back() != 3) {
    return wrong_input(tensor, kPictureForms);
  }
  if (batched && shape[0] != 1) {
    return wrong_input(tensor,
                       "one picture in a request: send the others as requests of their own");
  }
  if (tensor.elements() == 0) return wrong_input(tensor, kPictureForms);
  return {};
}

// JSON has no way to write arbitrary bytes: a picture in it comes as base64.
void decode_base64_picture(oip::InferRequest& request) {
  if (request.inputs.size() != 1 || request.inputs[0].type != oip::DataType::bytes) return;
  auto elements = oip::bytes_elements(request.inputs[0]);
  if (!elements || elements->size() != 1 || is_picture(elements->front())) return;
  const auto decoded = from_base64(elements->front());
  // Where it is none, the check that follows says what it is.
  if (decoded && is_picture(*decoded)) request.inputs[0].data = oip::bytes_data({*decoded});
}

int refused_status(const Refused& refused) {
  switch (refused.why) {
    case Reason::infeasible:
      return 400;
    case Reason::over_budget:
      return 429;
    default:
      break;
  }
  if (refused.why == Reason::machine_lost &&
      refused.last_error.starts_with("a worker answered 5") &&
      !refused.last_error.starts_with("a worker answered 503")) {
    return 500;
  }
  return 503;
}

}  // namespace

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

bool is_picture(std::string_view bytes) {
  return bytes.starts_with(std::string_view("\x89PNG\r\n\x1a\n", 8)) ||
         bytes.starts_with("\xff\xd8\xff");
}

Status check_inputs(const Task& task, const oip::InferRequest& request) {
  if (task.input == InputKind::image && !request.raw) {
    if (request.inputs.size() != 1) {
      return Error{ErrorCode::invalid, fmt::format("inputs: got {}, expected {}",
                                                   request.inputs.size(), kPictureForms)};
    }
    Status picture = check_picture(request.inputs.front());
    if (!picture) return picture;
  }
  if (task.input == InputKind::tensor && request.raw) {
    return Error{ErrorCode::invalid,
                 fmt::format("task {} takes tensors, not a raw picture", task.name)};
  }
  if (task.output == OutputKind::classes) {
    for (const oip::RequestedOutput& output : request.outputs) {
      if (output.name != "labels" && output.name != "scores") {
        return Error{ErrorCode::invalid, fmt::format("output '{}': task {} gives labels and scores",
                                                     output.name, task.name)};
      }
    }
  }
  return {};
}

// A request taken apart, and the bytes for the worker.
struct InferEndpoint::Parsed {
  oip::InferRequest request;  // without its tensors once checked
  http::Headers headers;      // the client's
  http::Headers forward;      // of the worker's body
  std::shared_ptr<const std::string> body;
  Time arrived{};

  // Off the loop for large bodies: touches nothing shared but the catalog's immutable task.
  static Result<Parsed> from(const Task& task, http::Request&& in) {
    Parsed out;
    out.arrived = in.arrived;
    std::string content_type(in.headers.find("content-type"));
    const bool has_length = in.headers.has(kJsonLength);
    std::string json_length(in.headers.find(kJsonLength));
    // curl --data-binary without a content type claims a form: the bytes say what it is.
    if (!has_length && task.input == InputKind::image && is_picture(in.body)) {
      if (!content_type.starts_with("image/")) {
        content_type = in.body.front() == '\xff' ? "image/jpeg" : "image/png";
      }
    }
    const bool raw = content_type.starts_with("image/") || (has_length && json_length == "0");
    if (raw) {
      if (task.input == InputKind::image && !is_picture(in.body)) {
        return Error{ErrorCode::invalid,
                     fmt::format("the body ({} bytes) is neither PNG nor JPEG", in.body.size())};
      }
      out.request.raw = true;
      out.request.binary_outputs = has_length;
    } else {
      auto parsed = oip::parse_request(content_type, json_length, in.body);
      if (!parsed) return parsed.error();
      out.request = std::move(parsed).value();
      if (task.input == InputKind::image && !has_length) decode_base64_picture(out.request);
    }
    Status fits = check_inputs(task, out.request);
    if (!fits) return fits.error();
    if (raw || has_length) {
      out.forward.add("content-type",
                      content_type.empty() ? "application/octet-stream" : std::move(content_type));
      if (has_length) out.forward.add(kJsonLength, std::move(json_length));
      out.body = std::make_shared<const std::string>(std::move(in.body));
    } else {
      oip::Encoded encoded = oip::render_request(out.request, true);
      out.forward.add("content-type", encoded.content_type);
      if (encoded.json_length > 0) {
        out.forward.add(kJsonLength, std::to_string(encoded.json_length));
      }
      out.body = std::make_shared<const std::string>(std::move(encoded.body));
    }
    std::int64_t top_k = 0;
    for (const oip::RequestedOutput& output : out.request.outputs) {
      top_k = std::max(top_k, output.classification);
    }
    if (auto asked = in.headers.find("x-paragon-top-k"); !asked.empty()) {
      out.forward.add("x-paragon-top-k", std::string(asked));
    } else if (top_k > 0) {
      out.forward.add("x-paragon-top-k", std::to_string(top_k));
    }
    out.request.inputs.clear();
    out.headers = std::move(in.headers);
    return out;
  }
};

namespace {

// The way back: turns the verdict into the response.
class InferExchange final : public Asker {
 public:
  InferExchange(Controller& controller, const Query& query, std::size_t top_k, bool explain,
                oip::InferRequest form, Time arrived, http::Reply reply)
      : controller_(controller),
        query_(query),
        top_k_(top_k),
        explain_(explain),
        form_(std::move(form)),
        arrived_(arrived),
        reply_(std::move(reply)) {}

  bool abandoned() const override { return reply_.abandoned(); }

  void verdict(Verdict&& verdict) override {
    if (auto* answered = std::get_if<Answered>(&verdict)) {
      reply_(answer(std::move(*answered)));
    } else if (auto* together = std::get_if<AnsweredTogether>(&verdict)) {
      reply_(answer(*together));
    } else if (auto* rejected = std::get_if<Rejected>(&verdict)) {
      http::Response response;
      response.status = rejected->answer.status;
      response.body = std::move(rejected->answer.body);
      reply_(std::move(response));
    } else {
      reply_(refusal(std::get<Refused>(verdict)));
    }
  }

 private:
  http::Response answer(Answered&& answered) {
    const Catalog& catalog = controller_.catalog();
    auto parsed =
        oip::parse_response(answered.answer.headers.find(kJsonLength), answered.answer.body);
    if (!parsed) {
      spdlog::error("event=answer_unreadable decision={} error=\"{}\"", answered.decision.value,
                    parsed.error().message);
      return oip::error_response({ErrorCode::internal, "the worker's answer could not be read: " +
                                                           parsed.error().message});
    }
    const Variant& variant = catalog.variant(answered.variant);
    parsed->model_version = variant.version;
    Served served;
    served.model = variant.name;
    served.resource = resource_name(catalog, answered.where, answered.machine_offer);
    served.resource_kind = resource_kind(answered.where);
    served.accuracy = controller_.brain().selector().candidate(answered.variant).accuracy;
    served.cost = answered.cost;
    served.predicted_latency = answered.predicted_latency;
    served.predicted_cost = answered.predicted_cost;
    served.decision = answered.decision;
    served.query_class = answered.query_class;
    served.relaxed = relaxation(answered.variant);
    parsed->parameters["variant"] = variant.name;
    if (explain_) parsed->parameters["explanation"] = explanation(answered);
    return render(*parsed, served);
  }

  http::Response answer(const AnsweredTogether& together) {
    const Catalog& catalog = controller_.catalog();
    const Ensemble& ensemble = catalog.ensemble(together.ensemble);
    auto counted = count_votes(catalog, ensemble, together.votes, top_k_);
    if (!counted) {
      spdlog::error("event=answers_unreadable decision={} error=\"{}\"", together.decision.value,
                    counted.error().message);
      return oip::error_response(counted.error());
    }
    Served served;
    served.model = ensemble.name;
    served.resource_kind = "ensemble";
    std::string members, voted;
    for (std::size_t m = 0; m < ensemble.members.size(); ++m) {
      const Variant& member = catalog.variant(ensemble.members[m]);
      members += (members.empty() ? "" : ",") + member.name;
      const auto& vote = together.votes[m];
      if (!vote) continue;
      voted += (voted.empty() ? "" : ",") + member.name;
      served.resource += (served.resource.empty() ? "" : ",") +
                         resource_name(catalog, vote->where, vote->machine_offer);
    }
    served.accuracy = together.accuracy;
    served.cost = together.cost;
    served.predicted_latency = together.predicted_latency;
    served.predicted_cost = together.predicted_cost;
    served.decision = together.decision;
    served.query_class = together.query_class;
    served.relaxed = relaxation({together.ensemble, ensemble.members.front()});
    counted->parameters["ensemble"] = ensemble.name;
    counted->parameters["members"] = members;
    counted->parameters["voted"] = voted;
    if (explain_) {
      counted->parameters["explanation"] =
          fmt::format("asked for {}; {}; {} of {} members voted, by {}",
                      in_words(query_.constraints), in_words(Reason::together),
                      std::count_if(together.votes.begin(), together.votes.end(),
                                    [](const auto& vote) { return vote.has_value(); }),
                      ensemble.members.size(), name(ensemble.rule));
    }
    return render(*counted, served);
  }

  // What an answer says of how it came to be.
  struct Served {
    std::string model;
    std::string resource;
    std::string resource_kind;
    Accuracy accuracy;
    Dollars cost;
    Duration predicted_latency{};
    Dollars predicted_cost;
    DecisionId decision;
    QueryClass query_class = QueryClass::strict;
    Relaxation relaxed;
  };

  http::Response render(oip::InferResponse& out, const Served& served) const {
    const Duration latency = controller_.now() - arrived_;
    out.model_name = served.model;
    out.id = form_.id;
    oip::Parameters& p = out.parameters;
    p["resource"] = served.resource;
    p["resource_kind"] = served.resource_kind;
    p["predicted_latency_ms"] = milliseconds(served.predicted_latency);
    p["latency_ms"] = milliseconds(latency);
    p["predicted_cost_usd"] = served.predicted_cost.value;
    p["cost_usd"] = served.cost.value;
    p["accuracy"] = std::round(served.accuracy.value * 1e6) / 1e6;
    p["decision_id"] = static_cast<std::int64_t>(served.decision.value);
    p["class"] = std::string(name(served.query_class));
    const Constraints& asked = query_.constraints;
    const bool bounded = asked.min_accuracy || asked.max_latency || asked.max_cost;
    const bool met = !(asked.min_accuracy && served.accuracy < *asked.min_accuracy) &&
                     !(asked.max_latency && latency > *asked.max_latency) &&
                     !(asked.max_cost && served.cost > *asked.max_cost);
    if (bounded) p["slo_met"] = met;
    const Relaxation& relaxed = served.relaxed;
    if (relaxed.min_accuracy) p["relaxed_min_accuracy"] = relaxed.min_accuracy->value;
    if (relaxed.max_latency) p["relaxed_latency_ms"] = milliseconds(*relaxed.max_latency);
    if (relaxed.max_cost) p["relaxed_max_cost_usd"] = relaxed.max_cost->value;

    oip::Encoded encoded = oip::render_response(out, form_);
    http::Response response;
    response.body = std::move(encoded.body);
    response.content_type = std::move(encoded.content_type);
    if (encoded.json_length > 0) {
      response.headers.add("Inference-Header-Content-Length", std::to_string(encoded.json_length));
    }
    if (form_.raw) {
      const auto text = [&](const char* parameter) {
        return std::get<std::string>(p.at(parameter));
      };
      if (p.contains("variant")) response.headers.add("x-paragon-variant", text("variant"));
      if (p.contains("ensemble")) response.headers.add("x-paragon-ensemble", text("ensemble"));
      response.headers.add("x-paragon-resource", served.resource);
      response.headers.add("x-paragon-predicted-latency-ms",
                           fmt::format("{:.3f}", milliseconds(served.predicted_latency)));
      response.headers.add("x-paragon-latency-ms", fmt::format("{:.3f}", milliseconds(latency)));
      response.headers.add("x-paragon-cost-usd", fmt::format("{:.6g}", served.cost.value));
      response.headers.add("x-paragon-accuracy", fmt::format("{:g}", served.accuracy.value));
      response.headers.add("x-paragon-decision-id", std::to_string(served.decision.value));
      response.headers.add("x-paragon-class", name(served.query_class));
      if (bounded) response.headers.add("x-paragon-slo-met", met ? "true" : "false");
      if (!relaxed.none()) {
        response.headers.add("x-paragon-relaxed", in_words(controller_.catalog(), relaxed));
      }
    }
    return response;
  }

  // Which bounds a best effort gave up for this variant.
  Relaxation relaxation(const Pick& pick) const {
    if (!query_.constraints.best_effort.value_or(false)) return {pick, {}, {}, {}, 0};
    return controller_.brain().selector().relaxation(pick, query_.constraints);
  }

  std::string explanation(const Answered& answered) const {
    const Catalog& catalog = controller_.catalog();
    std::string text = query_.pinned ? "the request named the variant"
                                     : fmt::format("asked for {}", in_words(query_.constraints));
    if (const Relaxation relaxed = relaxation(answered.variant); !relaxed.none()) {
      text += fmt::format("; nothing meets that, so the nearest was taken: {}",
                          in_words(catalog, relaxed));
    }
    text += fmt::format("; {} on {}: {}", catalog.variant(answered.variant).name,
                        resource_name(catalog, answered.where, answered.machine_offer),
                        in_words(answered.why));
    if (answered.attempts > 1) text += fmt::format("; attempt {}", answered.attempts);
    return text;
  }

  http::Response refusal(const Refused& refused) const {
    std::string message;
    std::vector<Relaxation> nearest;
    if (refused.why == Reason::infeasible) {
      nearest = controller_.brain().nearest(query_);
      message = infeasible_because(controller_.catalog(), controller_.brain().selector(), query_,
                                   nearest);
    } else if (refused.why == Reason::machine_lost) {
      message = "tried on several machines without an answer";
    } else {
      message = fmt::format("not now: {}", in_words(refused.why));
    }
    if (!refused.last_error.empty()) message += "; last: " + refused.last_error;
    http::Response response = oip::error_response({ErrorCode::unavailable, message});
    if (!nearest.empty()) {
      response.body = status_api::infeasible(controller_.catalog(), controller_.brain().selector(),
                                             message, nearest);
    }
    response.status = refused_status(refused);
    if (response.status == 503 || response.status == 429) {
      const double wait = std::ceil(seconds(refused.retry_after));
      response.headers.add("Retry-After", fmt::format("{:.0f}", std::clamp(wait, 1.0, 3600.0)));
    }
    response.headers.add("x-paragon-reason", name(refused.why));
    response.headers.add("x-paragon-decision-id", std::to_string(refused.decision.value));
    return response;
  }

  Controller& controller_;
  Query query_;  // its constraints with the task's defaults
  std::size_t top_k_;
  bool explain_;
  oip::InferRequest form_;
  Time arrived_;
  http::Reply reply_;
};

}  // namespace

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
    auto parsed = Parsed::from(task, std::move(request));
    if (!parsed) return refuse(reply, parsed.error());
    submit(model, std::move(parsed).value(), std::move(reply));
    return;
  }
  struct Work {
    http::Request request;
    std::optional<Result<Parsed>> parsed;
  };
  auto work = std::make_shared<Work>(Work{std::move(request), std::nullopt});
  loop_.defer_to_pool(
      [work, &task] { work->parsed = Parsed::from(task, std::move(work->request)); },
      [this, work, model, reply]() mutable {
        if (!work->parsed->ok()) return refuse(reply, work->parsed->error());
        submit(model, std::move(*work->parsed).value(), std::move(reply));
      });
}

void InferEndpoint::submit(const ServedModel& model, Parsed&& parsed, http::Reply reply) {
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
