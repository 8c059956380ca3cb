#include "serve/ballots.h"

#include <algorithm>
#include <cstring>

#include "ensemble/vote.h"

namespace paragon {
namespace {

using ensemble::Choice;

const oip::Tensor* output(const oip::InferResponse& response, std::string_view name) {
  const auto found = std::find_if(response.outputs.begin(), response.outputs.end(),
                                  [&](const oip::Tensor& t) { return t.name == name; });
  return found == response.outputs.end() ? nullptr : &*found;
}

// Empty: nothing that can be read as labels and scores.
std::vector<Choice> ballot_of(const http::Answer& answer, const std::vector<std::string>& labels) {
  const auto parsed = oip::parse_response(answer.headers.find(oip::kJsonLength), answer.body);
  if (!parsed) return {};
  const oip::Tensor* named = output(*parsed, "labels");
  const oip::Tensor* scores = output(*parsed, "scores");
  if (named == nullptr || scores == nullptr || scores->type != oip::DataType::fp32) return {};
  const auto names = oip::bytes_elements(*named);
  if (!names || scores->data.size() != names->size() * sizeof(float)) return {};
  std::vector<Choice> ballot;
  for (std::size_t i = 0; i < names->size(); ++i) {
    const auto label = std::find(labels.begin(), labels.end(), (*names)[i]);
    if (label == labels.end()) return {};
    Choice& choice = ballot.emplace_back();
    choice.label = static_cast<int>(label - labels.begin());
    std::memcpy(&choice.score, scores->data.data() + i * sizeof(float), sizeof(float));
  }
  return ballot;
}

}  // namespace

Result<oip::InferResponse> count_votes(const Catalog& catalog, const Ensemble& voting,
                                       const std::vector<std::optional<Answered>>& answers,
                                       std::size_t top_k) {
  const Task& task = catalog.task(catalog.variant(voting.members.front()).task);
  std::vector<std::vector<Choice>> said(voting.members.size());
  for (std::size_t m = 0; m < answers.size(); ++m) {
    if (answers[m]) said[m] = ballot_of(answers[m]->answer, task.labels);
  }
  const std::vector<ensemble::Ballot> ballots(said.begin(), said.end());
  std::vector<Choice> ranked = ensemble::rank(ballots, voting.weights);
  if (ranked.empty()) return Error{ErrorCode::internal, "no member's answer could be read"};
  if (ranked.size() > top_k) ranked.resize(top_k);

  std::vector<std::string_view> names;
  std::string scores;
  for (const Choice& choice : ranked) {
    names.emplace_back(task.labels[static_cast<std::size_t>(choice.label)]);
    scores.append(reinterpret_cast<const char*>(&choice.score), sizeof(float));
  }
  const std::vector<std::int64_t> shape = {1, static_cast<std::int64_t>(ranked.size())};
  oip::InferResponse response;
  response.outputs.push_back({"labels", oip::DataType::bytes, shape, oip::bytes_data(names)});
  response.outputs.push_back({"scores", oip::DataType::fp32, shape, std::move(scores)});
  return response;
}

}  // namespace paragon
