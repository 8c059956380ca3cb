// What the server says about itself and its models: the documents of the Open Inference Protocol
// and of Triton's extensions that stock clients read.
#pragma once

#include <string>

#include "serve/controller.h"
#include "serve/infer.h"

namespace paragon::model_info {

std::string server_metadata();

// Of a task whose inputs are pictures; tasks of plain tensors take theirs from a worker.
bool is_static(const Task& task);
std::string metadata(const Catalog& catalog, const ServedModel& model);
std::string config(const Catalog& catalog, const ServedModel& model);

std::string model_name(const Catalog& catalog, const ServedModel& model);
// `{"model_stats": [...]}` of one model or, where none is named, of all.
std::string statistics(const Controller& controller, const ServedModel* only);
std::string repository_index(const Controller& controller, bool ready_only);
std::string model_list(const Catalog& catalog);

}  // namespace paragon::model_info
