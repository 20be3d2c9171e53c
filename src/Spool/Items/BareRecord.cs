using System.Buffers.Text;

namespace Spool;

/// <summary>What a line without an envelope is: the one place that knows the records of early Codex (docs/format.md, "Old eras").</summary>
/// <remarks>
/// <list type="table">
/// <item><term><c>{"id":UUID,"timestamp":TIME,…}</c></term><description>the first line of a log: a
/// <c>session_meta</c>.</description></item>
/// <item><term><c>{"type":"message",…}</c></term><description>what was exchanged with the model: a <c>response_item</c>, whatever its
/// type.</description></item>
/// <item><term><c>{"record_type":"state",…}</c></term><description>a mark of the session, which means nothing any more:
/// kept.</description></item>
/// </list>
/// A line that has a <c>payload</c>, or a time and a type, has an envelope.
/// </remarks>
struct BareRecord
{
    bool _isNamed,
        _hasRole;
    Range? _recordType;

    /// <summary>Whether the line says when it was written, readable or not.</summary>
    public bool HasTimestamp;

    /// <summary>Takes in a member.</summary>
    public void Take(in JsonMembersReader member, ReadOnlySpan<byte> line)
    {
        if (!member.TryGetText(out var text))
            return;
        if (member.Is("record_type"u8))
            _recordType = text;
        else if (member.Is("role"u8))
            _hasRole = true;
        else if (member.Is("id"u8))
            _isNamed = line[text].Length == 36 && Utf8Parser.TryParse(line[text], out Guid _, out var used) && used == 36;
    }

    /// <summary>Gives what the line is, or null when it is none of these.</summary>
    /// <param name="line">The line, which has no payload.</param>
    /// <param name="type">Where its type is, or null.</param>
    /// <param name="timestamp">The time, or null when it cannot be read.</param>
    /// <param name="end">Whether the line is there to its end.</param>
    public readonly ItemEnvelope? Read(ReadOnlySpan<byte> line, Range? type, DateTimeOffset? timestamp, LineEnd end)
    {
        if (line.IndexOf((byte)'{') is not (>= 0 and var start))
            return null;
        var whole = start..line.Length;
        if (type is { } record)
        {
            return !HasTimestamp && ItemEnvelope.KindOf(line[record]) == RolloutItemKind.Other && line[record].Length > 0
                ? new ItemEnvelope(RolloutItemKind.ResponseItem, null, null, record, whole, record) { IsBare = true }
                : null;
        }
        // Documents have the type of a message behind its content, and nothing else has a role.
        if (end == LineEnd.Cut && _hasRole && !HasTimestamp)
            return new ItemEnvelope(RolloutItemKind.ResponseItem, null, null, default, whole, null) { IsBare = true, IsCutMessage = true };
        if (_recordType is { } mark)
            return new ItemEnvelope(RolloutItemKind.Other, timestamp, null, mark, null, null) { IsBare = true };
        return _isNamed && HasTimestamp
            ? new ItemEnvelope(RolloutItemKind.SessionMeta, timestamp, null, default, whole, null) { IsBare = true }
            : null;
    }
}
