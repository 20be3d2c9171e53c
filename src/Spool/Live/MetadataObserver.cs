using System.Runtime.InteropServices;
using System.Text;

namespace Spool.Storage;

/// <summary>Derives what is known of a thread from its items, one by one, in order. It parses only the payloads that carry such
/// facts.</summary>
/// <remarks>
/// The first <c>session_meta</c> gives identity, origin and history mode. A later one with the same id only changes the repository state,
/// the memory mode and what it fills in; one with another id came along with copied history and says nothing about this thread.
/// No text that it keeps is longer than <see cref="StoredThread.MaxTextLength"/>.
/// </remarks>
public sealed class MetadataObserver
{
    const string GuardianName = "Guardian review",
        GuardianPreview = "Approval review";

    ThreadFacts _facts;

    /// <summary>Starts with what earlier items said.</summary>
    /// <param name="facts">The facts so far, or null at the beginning of a log.</param>
    public MetadataObserver(ThreadFacts? facts = null) => _facts = facts ?? new ThreadFacts();

    /// <summary>Gets what the observed items say.</summary>
    public ThreadFacts Facts => _facts;

    /// <summary>Takes in the next item.</summary>
    /// <param name="item">The item.</param>
    /// <remarks>Of a line that is not one record it takes in the whole records that are in it. A payload that cannot be parsed is passed
    /// over.</remarks>
    public void Observe(RolloutItem item)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (item.Kind != RolloutItemKind.Unreadable)
        {
            ObserveRecord(item);
            return;
        }
        foreach (var record in item.Recovered)
            ObserveRecord(record.Item);
    }

    void ObserveRecord(RolloutItem item)
    {
        if (item.Timestamp is { } time && !(time <= _facts.LastItemAt))
            _facts = _facts with { LastItemAt = time };
        if (item.IsBare && _facts.Id is null)
            _facts = _facts with { IsBare = true };
        switch (item.Kind)
        {
            case RolloutItemKind.SessionMeta:
                ObserveSessionMeta(item);
                break;
            case RolloutItemKind.TurnContext:
                if (ItemPayloads.Read(item, ItemJsonContext.Default.TurnContextPayload) is { } context)
                {
                    _facts = _facts with
                    {
                        Model = context.Model ?? _facts.Model,
                        ReasoningEffort = context.Effort,
                        Cwd = string.IsNullOrEmpty(_facts.Cwd) ? context.Cwd : _facts.Cwd,
                    };
                }
                break;
            case RolloutItemKind.Event:
                ObserveEvent(item);
                break;
            case RolloutItemKind.ResponseItem when item.IsBare && (_facts.FirstUserMessage is null || _facts.Cwd is null):
                ObserveBare(item);
                break;
            default:
                return;
        }
        _facts = _facts.Bounded();
    }

    void ObserveBare(RolloutItem item)
    {
        if (BareMessage.Read(item) is not { } message)
            return;
        if (message.Cwd is { } cwd)
            _facts = _facts with { Cwd = _facts.Cwd ?? cwd };
        else if (_facts.FirstUserMessage is null && message.IsFromUser && UserMessageText.OfBare(message) is { } text)
            _facts = _facts with { FirstUserMessage = text, Preview = text };
    }

    void ObserveSessionMeta(RolloutItem item)
    {
        if (ItemPayloads.Read(item, ItemJsonContext.Default.SessionMetaPayload) is not { } meta || !ThreadId.TryParse(meta.Id, out var id))
            return;
        var source = meta.Source is { } json ? Encoding.UTF8.GetString(JsonMarshal.GetRawUtf8Value(json)) : null;
        if (_facts.Id is null)
        {
            var spawn = source is null ? null : new SessionSource(source);
            _facts = _facts with
            {
                Id = id,
                CreatedAt = meta.Timestamp is { } created ? ItemPayloads.ParseTime(created) : null,
                // the first line of early Codex, a program of the terminal, has no such member
                Source = source ?? (item.IsBare ? "\"cli\"" : null),
                ThreadSource = meta.ThreadSource,
                // It may have been behind the end of a line above the size limit; then it is known by the ordinals, which only paginated
                // logs have.
                HistoryMode =
                    meta.HistoryMode ?? (item.IsCut && item.CarriedOrdinal is not null ? HistoryModes.Paginated : HistoryModes.Legacy),
                HistoryBase =
                    meta.HistoryBase is { } b && ThreadId.TryParse(b.ThreadId, out var baseId)
                        ? new HistoryBase(baseId, b.EndOrdinalExclusive, b.EndByteOffset)
                        : null,
                ForkedFromId = ThreadId.TryParse(meta.ForkedFromId, out var forked) ? forked : null,
                ParentThreadId = ThreadId.TryParse(meta.ParentThreadId, out var parent) ? parent : spawn?.ParentThread,
                Originator = meta.Originator,
                AgentNickname = meta.AgentNickname ?? spawn?.AgentNickname,
                AgentRole = meta.AgentRole ?? meta.AgentType ?? spawn?.AgentRole,
                AgentPath = meta.AgentPath ?? spawn?.AgentPath,
            };
            // Its messages are those of the thread it reviews, so they would say of it what is not so.
            if (spawn?.IsGuardian == true)
                _facts = _facts with { Name = GuardianName, Preview = GuardianPreview };
        }
        else if (_facts.Id != id)
            return;
        _facts = _facts with
        {
            IsBare = item.IsBare && _facts.IsBare,
            ModelProvider = NonEmpty(meta.ModelProvider) ?? _facts.ModelProvider,
            CliVersion = NonEmpty(meta.CliVersion) ?? _facts.CliVersion,
            Cwd = NonEmpty(meta.Cwd) ?? _facts.Cwd,
            MemoryMode = NonEmpty(meta.MemoryMode) ?? _facts.MemoryMode,
            GitInfo = meta.Git is { } git ? GitOf(git) : _facts.GitInfo,
        };
    }

    void ObserveEvent(RolloutItem item)
    {
        if (item.IsPayload("token_count"u8))
        {
            if (ItemPayloads.Read(item, ItemJsonContext.Default.TokenCountPayload)?.Info?.TotalTokenUsage?.TotalTokens is { } total)
                _facts = _facts with { TokensUsed = Math.Max(0, total) };
        }
        else if (item.IsPayload("task_started"u8) || item.IsPayload("turn_started"u8))
        {
            if (item.Timestamp is { } started)
                _facts = _facts with { LastTurnAt = started };
        }
        else if (item.IsPayload("user_message"u8))
        {
            if (_facts.FirstUserMessage is null && UserMessageText.OfEvent(item) is { } text)
                _facts = _facts with { FirstUserMessage = text, Preview = _facts.Preview == GuardianPreview ? GuardianPreview : text };
        }
        else if (item.IsPayload("item_completed"u8))
        {
            if (_facts.FirstUserMessage is null && UserMessageText.OfCompletedItem(item) is { } text)
                _facts = _facts with { FirstUserMessage = text, Preview = _facts.Preview == GuardianPreview ? GuardianPreview : text };
        }
        else if (item.IsPayload("thread_name_updated"u8))
        {
            if (ItemPayloads.Read(item, ItemJsonContext.Default.ThreadNamePayload) is { } named && IsThis(named.ThreadId))
                _facts = _facts with { Name = named.ThreadName?.Trim() ?? "" };
        }
        else if (item.IsPayload("thread_goal_updated"u8))
        {
            if (
                _facts.Preview is null
                && ItemPayloads.Read(item, ItemJsonContext.Default.GoalPayload)?.Goal?.Objective is { Length: > 0 } objective
            )
                _facts = _facts with { Preview = objective };
        }
        else if (
            item.IsPayload("thread_settings_applied"u8)
            && ItemPayloads.Read(item, ItemJsonContext.Default.SettingsPayload)?.ThreadSettings is { } settings
        )
        {
            _facts = _facts with
            {
                Model = settings.Model ?? _facts.Model,
                ModelProvider = NonEmpty(settings.ModelProviderId) ?? _facts.ModelProvider,
                Cwd = NonEmpty(settings.Cwd) ?? _facts.Cwd,
            };
        }
    }

    // What a fork copied of its source names the source.
    bool IsThis(string? thread) => thread is null || _facts.Id is null || thread == _facts.Id.ToString();

    // An empty state is how a log says that it was cleared.
    static GitInfo? GitOf(GitPayload git) =>
        git is { CommitHash: null, Branch: null, RepositoryUrl: null } ? null : new GitInfo(git.CommitHash, git.Branch, git.RepositoryUrl);

    static string? NonEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;
}
