using static Spool.RecordMember;
using static Spool.RecordShape;

namespace Spool;

/// <summary>Says which lines of a legacy log Codex can decode. It passes over the others, and counts only those that it decodes when it
/// makes up the id of a turn that the log does not name.</summary>
/// <remarks>What is here was found by showing lines to the released Codex 0.171: every kind of record, with every member absent, null and
/// of other types.</remarks>
static class CodexRecords
{
    static readonly RecordShape Window = Record(
        Needed("used_percent", Number),
        Optional("window_minutes", Integer),
        Optional("resets_at", Integer)
    );

    static readonly RecordShape Usage = Record(
        Needed("input_tokens", Integer),
        Needed("cached_input_tokens", Integer),
        Needed("output_tokens", Integer),
        Needed("reasoning_output_tokens", Integer),
        Needed("total_tokens", Integer)
    );

    static readonly RecordMember Identity = Optional("id", Text);

    static readonly RecordShape Phase = OneOf("commentary", "final_answer", "partial_answer");

    static readonly RecordShape Detail = OneOf("auto", "low", "high", "original");

    static readonly RecordShape Details = List(Detail.OrNull());

    static readonly RecordShape Output = Either(
        Text,
        List(
            Typed(
                null,
                ("input_text", [Needed("text", Text)]),
                ("input_image", [Needed("image_url", Text), Optional("detail", Detail)]),
                ("encrypted_content", [Needed("encrypted_content", Text)])
            )
        )
    );

    static readonly RecordShape Search = Typed(
        Record(),
        ("search", [Optional("query", Text), Optional("queries", List(Text))]),
        ("open_page", [Optional("url", Text)]),
        ("find_in_page", [Optional("url", Text), Optional("pattern", Text)])
    );

    static readonly RecordMember[] TurnTimes =
    [
        Optional("root_turn_id", Text),
        Optional("started_at", Integer),
        Optional("completed_at", Integer),
        Optional("duration_ms", Integer),
        Optional("time_to_first_token_ms", Integer),
    ];

    static readonly RecordShape Started = Record([
        Needed("turn_id", Text),
        Optional("model_context_window", Integer),
        Maybe("collaboration_mode_kind", OneOf("default", "plan", "code", "custom", "execute", "pair_programming")),
        .. TurnTimes,
    ]);

    static readonly RecordShape Completed = Record([
        Needed("turn_id", Text),
        Optional("last_agent_message", Text),
        Optional("error", Record(Needed("message", Text), Optional("codex_error_info", Either(Text, Record())))),
        .. TurnTimes,
    ]);

    static readonly RecordShape Reasoning = Record(Needed("text", Text));

    static readonly RecordShape Finding = Record(
        Needed("title", Text),
        Needed("body", Text),
        Needed("confidence_score", Number),
        Needed("priority", Integer),
        Needed(
            "code_location",
            Record(Needed("absolute_file_path", Text), Needed("line_range", Record(Needed("start", Count), Needed("end", Count))))
        )
    );

    static readonly Dictionary<ulong, RecordShape> Events = Table(
        (
            "user_message",
            Record(
                Needed("message", Text),
                Optional("images", List(Text)),
                Maybe("local_images", List(Text)),
                Optional("client_id", Text),
                Maybe("image_details", Details),
                Maybe("local_image_details", Details),
                Optional("audio", List(Text)),
                Maybe("local_audio", List(Text)),
                Maybe(
                    "text_elements",
                    List(Record(Needed("byte_range", Record(Needed("start", Count), Needed("end", Count))), Optional("placeholder", Text)))
                )
            )
        ),
        (
            "agent_message",
            Record(
                Needed("message", Text),
                Optional("phase", Phase),
                Optional(
                    "memory_citation",
                    Record(
                        Needed(
                            "entries",
                            List(Record(Needed("path", Text), Needed("lineStart", Count), Needed("lineEnd", Count), Needed("note", Text)))
                        ),
                        Needed("rolloutIds", List(Text))
                    )
                )
            )
        ),
        ("agent_reasoning", Reasoning),
        ("agent_reasoning_raw_content", Reasoning),
        ("context_compacted", Only("type")),
        (
            "entered_review_mode",
            Record(
                Needed(
                    "target",
                    Typed(
                        null,
                        ("uncommittedChanges", []),
                        ("baseBranch", [Needed("branch", Text)]),
                        ("commit", [Needed("sha", Text), Optional("title", Text)]),
                        ("custom", [Needed("instructions", Text)])
                    )
                ),
                Optional("user_facing_hint", Text),
                Optional("turn_id", Text),
                Optional("item_id", Text)
            )
        ),
        (
            "exited_review_mode",
            Record(
                Optional(
                    "review_output",
                    Record(
                        Needed("findings", List(Finding)),
                        Needed("overall_correctness", Text),
                        Needed("overall_explanation", Text),
                        Needed("overall_confidence_score", Number)
                    )
                ),
                Optional("turn_id", Text),
                Optional("item_id", Text)
            )
        ),
        ("thread_rolled_back", Record(Needed("num_turns", Count))),
        ("task_started", Started),
        ("turn_started", Started),
        ("task_complete", Completed),
        ("turn_complete", Completed),
        (
            "turn_aborted",
            Record([
                Optional("turn_id", Text),
                Needed("reason", OneOf("interrupted", "replaced", "review_ended", "budget_limited")),
                .. TurnTimes,
            ])
        ),
        (
            "token_count",
            Record(
                Optional(
                    "info",
                    Record(Needed("total_token_usage", Usage), Needed("last_token_usage", Usage), Optional("model_context_window", Integer))
                ),
                Optional(
                    "rate_limits",
                    Record(
                        Optional("primary", Window),
                        Optional("secondary", Window),
                        Optional("plan_type", Text),
                        Optional("credits", Record(Needed("has_credits", Flag), Needed("unlimited", Flag), Optional("balance", Text)))
                    )
                )
            )
        ),
        (
            "web_search_end",
            Record(Needed("call_id", Text), Needed("query", Text), Optional("results", List(Any)), Needed("action", Search))
        ),
        (
            "image_generation_end",
            Record(
                Needed("call_id", Text),
                Needed("status", Text),
                Needed("result", Text),
                Optional("revised_prompt", Text),
                Optional("saved_path", FullPath)
            )
        ),
        (
            "patch_apply_end",
            Record(
                Needed("call_id", Text),
                Maybe("turn_id", Text),
                Needed("stdout", Text),
                Needed("stderr", Text),
                Needed("success", Flag),
                Needed("status", OneOf("completed", "failed", "declined")),
                Maybe(
                    "changes",
                    Map(
                        Typed(
                            null,
                            ("add", [Needed("content", Text)]),
                            ("delete", [Needed("content", Text)]),
                            ("update", [Needed("unified_diff", Text), Optional("move_path", Text)])
                        )
                    )
                )
            )
        ),
        (
            "mcp_tool_call_end",
            Record(
                Needed("call_id", Text),
                Needed("invocation", Record(Needed("server", Text), Needed("tool", Text))),
                Optional("mcp_app_resource_uri", Text),
                Optional("plugin_id", Text),
                Needed("duration", Record(Needed("secs", Count), Needed("nanos", Count))),
                Needed(
                    "result",
                    Either(
                        Record(Needed("Ok", Record(Needed("content", List(Any)), Optional("isError", Flag)))),
                        Record(Needed("Err", Text))
                    )
                )
            )
        ),
        (
            "item_completed",
            Record(
                Needed("thread_id", Id),
                Needed("turn_id", Text),
                Optional("started_at_ms", Integer),
                Maybe("completed_at_ms", Integer),
                Needed("item", Typed(null, ("Plan", [Needed("id", Text), Needed("text", Text)])))
            )
        ),
        (
            "sub_agent_activity",
            Record(
                Needed("event_id", Text),
                Maybe("occurred_at_ms", Integer),
                Needed("agent_thread_id", Id),
                Needed("agent_path", FullPath),
                Needed("kind", OneOf("started", "interacted", "interrupted")),
                Optional("model", Text),
                Optional("reasoning_effort", SomeText)
            )
        ),
        (
            "thread_goal_updated",
            Record(
                Needed("threadId", Id),
                Optional("turnId", Text),
                Needed(
                    "goal",
                    Record(
                        Needed("threadId", Id),
                        Needed("objective", Text),
                        Needed("status", OneOf("active", "paused", "blocked", "usageLimited", "budgetLimited", "complete")),
                        Optional("tokenBudget", Integer),
                        Needed("tokensUsed", Integer),
                        Needed("timeUsedSeconds", Integer),
                        Needed("createdAt", Integer),
                        Needed("updatedAt", Integer)
                    )
                )
            )
        ),
        ("thread_settings_applied", Record(Needed("thread_settings", Record(Needed("model", Text), Needed("cwd", Text)))))
    );

    /// <summary>Gets the kinds of items that stand in the history that a model is given.</summary>
    public static readonly (string Type, RecordMember[] Members)[] Items =
    [
        (
            "message",
            [
                Needed("role", Text),
                Identity,
                Optional("phase", Phase),
                Needed(
                    "content",
                    List(
                        Typed(
                            null,
                            ("input_text", [Needed("text", Text)]),
                            ("output_text", [Needed("text", Text)]),
                            ("input_image", [Needed("image_url", Text), Optional("detail", Detail)]),
                            ("input_audio", [])
                        )
                    )
                ),
            ]
        ),
        (
            "reasoning",
            [
                Identity,
                Needed("summary", List(Typed(null, ("summary_text", [Needed("text", Text)])))),
                Optional("encrypted_content", Text),
                Optional("content", List(Typed(null, ("reasoning_text", [Needed("text", Text)]), ("text", [Needed("text", Text)])))),
            ]
        ),
        (
            "function_call",
            [Identity, Needed("name", Text), Optional("namespace", Text), Needed("arguments", Text), Needed("call_id", Text)]
        ),
        ("function_call_output", [Identity, Optional("call_id", Text), Needed("output", Output)]),
        (
            "local_shell_call",
            [
                Identity,
                Optional("call_id", Text),
                Needed("status", OneOf("completed", "in_progress", "incomplete")),
                Needed(
                    "action",
                    Typed(
                        null,
                        (
                            "exec",
                            [
                                Needed("command", List(Text)),
                                Optional("timeout_ms", Count),
                                Optional("working_directory", Text),
                                Optional("env", Map(Text)),
                                Optional("user", Text),
                            ]
                        )
                    )
                ),
            ]
        ),
        ("custom_tool_call", [Identity, Optional("status", Text), Needed("call_id", Text), Needed("name", Text), Needed("input", Text)]),
        ("custom_tool_call_output", [Identity, Needed("call_id", Text), Optional("name", Text), Needed("output", Output)]),
        ("web_search_call", [Identity, Optional("status", Text), Optional("action", Search)]),
        ("image_generation_call", [Identity, Needed("status", Text), Optional("revised_prompt", Text), Needed("result", Text)]),
        ("compaction", [Identity, Needed("encrypted_content", Text)]),
        ("compaction_summary", [Identity, Needed("encrypted_content", Text)]),
        ("context_compaction", []),
        (
            "tool_search_call",
            [Identity, Optional("call_id", Text), Optional("status", Text), Needed("execution", Text), Needed("arguments", Any)]
        ),
        (
            "tool_search_output",
            [Identity, Optional("call_id", Text), Needed("status", Text), Needed("execution", Text), Needed("tools", List(Any))]
        ),
        ("agent_message", [Needed("author", Text)]),
    ];

    static readonly Dictionary<ulong, RecordShape> ResponseItems = Table([.. Items.Select(item => (item.Type, Record(item.Members)))]);

    /// <summary>Says whether Codex decodes a line.</summary>
    /// <param name="item">The line.</param>
    /// <remarks>It costs a whole read of the line.</remarks>
    public static bool Decodes(RolloutItem item)
    {
        var (shapes, type) = item.Kind switch
        {
            RolloutItemKind.ResponseItem => (ResponseItems, ItemHash.Of(item.PayloadTypeBytes)),
            RolloutItemKind.Event => (Events, ItemHash.Of(item.PayloadTypeBytes)),
            _ => (CodexContextRecords.Shapes, ItemHash.Of(item.TypeBytes)),
        };
        return shapes.TryGetValue(type, out var shape) && Fits(item, shape);
    }

    // Of a line above the size limit only the beginning is here; what there is says nothing against it.
    static bool Fits(RolloutItem item, RecordShape line) => item.Length > item.Bytes.Length || line.Fits(item.Bytes.Span);

    /// <summary>Gives the shapes of lines by the hash of their type.</summary>
    public static Dictionary<ulong, RecordShape> Table(params (string Type, RecordShape Payload)[] rows) =>
        rows.ToDictionary(
            row => ItemHash.Of(System.Text.Encoding.UTF8.GetBytes(row.Type)),
            row => Record(Needed("timestamp", Text), Optional("ordinal", Count), Needed("payload", row.Payload))
        );
}
