using static Spool.RecordMember;
using static Spool.RecordShape;

namespace Spool;

/// <summary>The lines of a legacy log that are neither events nor items of a model, as far as Codex decodes them (see
/// <see cref="CodexRecords"/>).</summary>
static class CodexContextRecords
{
    /// <summary>Gets them, by the hash of their type.</summary>
    public static readonly Dictionary<ulong, RecordShape> Shapes = CodexRecords.Table(
        (
            "session_meta",
            Record(
                Needed("id", Id),
                Needed("timestamp", Text),
                Needed("cwd", Text),
                Needed("originator", Text),
                Needed("cli_version", Text),
                Maybe("source", Either(Text, Record())),
                Optional("model_provider", Text),
                Optional("git", Record()),
                Optional("base_instructions", Record(Needed("text", Text))),
                Optional("forked_from_id", Id),
                Maybe("history_mode", OneOf(HistoryModes.Legacy, HistoryModes.Paginated))
            )
        ),
        (
            "turn_context",
            Record(
                Needed("cwd", FullPath),
                Needed("model", Text),
                Optional("turn_id", Text),
                Optional("effort", SomeText),
                Optional("summary", OneOf("auto", "concise", "detailed", "none")),
                Optional("collaboration_mode", Record()),
                Needed(
                    "approval_policy",
                    Either(
                        OneOf("untrusted", "on-failure", "on-request", "never"),
                        Record(
                            Needed(
                                "granular",
                                Record(Needed("sandbox_approval", Flag), Needed("rules", Flag), Needed("mcp_elicitations", Flag))
                            )
                        )
                    )
                ),
                Needed(
                    "sandbox_policy",
                    Typed(
                        null,
                        ("danger-full-access", []),
                        ("read-only", []),
                        ("external-sandbox", []),
                        (
                            "workspace-write",
                            [
                                Maybe("writable_roots", List(FullPath)),
                                Maybe("network_access", Flag),
                                Maybe("exclude_tmpdir_env_var", Flag),
                                Maybe("exclude_slash_tmp", Flag),
                            ]
                        )
                    )
                )
            )
        ),
        ("compacted", Record(Needed("message", Text), Optional("replacement_history", List(Typed(Record(), CodexRecords.Items))))),
        ("world_state", Record(Needed("full", Flag), Needed("state", Record()))),
        (
            "inter_agent_communication",
            Record(Needed("author", Text), Needed("recipient", Text), Needed("content", Text), Needed("trigger_turn", Flag))
        ),
        ("inter_agent_communication_metadata", Record(Needed("trigger_turn", Flag)))
    );
}
