namespace Spool.Storage;

/// <summary>Counts the lines of a log: which of them are damaged, which are missing, and which ordinals come next. Every store counts with
/// it, so that they agree.</summary>
/// <param name="start">What the lines before amount to.</param>
public sealed class LogTally(LogTotals start)
{
    long _lines = start.Lines,
        _blankLines = start.BlankLines,
        _damagedLines = start.DamagedLines,
        _firstDamagedLine = start.FirstDamagedLine,
        _lostLines = start.LostLines,
        _mixedLines = start.MixedLines,
        _cutLines = start.CutLines,
        _firstCutLine = start.FirstCutLine;
    long _missingRecords = start.MissingRecords,
        _firstMissing = start.FirstMissing,
        _lastMissing = start.LastMissing,
        _lineAfterMissing = start.LineAfterMissing;
    bool _isUtf16 = start.IsUtf16,
        _isBehindDamage = start.IsBehindDamage;
    DateTimeOffset? _firstRecordAt = start.FirstRecordAt;

    /// <summary>Gets the number of lines so far, blank ones not counted.</summary>
    public long Lines => _lines;

    /// <summary>Gets the ordinal that the next line has for readers if it carries none: the one behind the highest of any line so
    /// far.</summary>
    public long NextOrdinal { get; private set; } = start.NextOrdinal;

    /// <summary>Gets the ordinal that the next item gets when it is appended: the one behind the highest of any record, those in damaged
    /// lines too. A line without a record takes none, as Codex counts; where lines carry no ordinals each of them counts.</summary>
    public long AppendOrdinal { get; private set; } = start.AppendOrdinal;

    /// <summary>Takes in a line with nothing in it.</summary>
    public void TakeBlank() => _blankLines++;

    /// <summary>Takes in the next line.</summary>
    /// <param name="item">The line. Its ordinal without one of its own is <see cref="NextOrdinal"/>.</param>
    /// <param name="historyMode">The history mode that the log has named so far, or null.</param>
    /// <remarks>Looks at every byte of the line. Of a line above the size limit of the reader nothing is known but its beginning.</remarks>
    public void Take(RolloutItem item, string? historyMode)
    {
        ArgumentNullException.ThrowIfNull(item);
        _lines++;
        if (item.IsCut)
        {
            _cutLines++;
            _lostLines += item.HoldsRecord ? 0 : 1;
            if (_firstCutLine == 0)
                _firstCutLine = _lines + _blankLines;
        }
        else if (item.Kind == RolloutItemKind.Unreadable || !item.IsSound)
        {
            _damagedLines++;
            _lostLines += item.HoldsRecord ? 0 : 1;
            _mixedLines += item.Recovered.Count > 0 ? 1 : 0;
            if (_firstDamagedLine == 0)
                _firstDamagedLine = _lines + _blankLines;
            _isUtf16 |= _lines == 1 && IsUtf16(item.Bytes.Span);
        }
        _firstRecordAt ??= item.Timestamp;
        if (_firstRecordAt is null && item.Kind == RolloutItemKind.Unreadable)
            _firstRecordAt = item.Recovered.Select(record => record.Item.Timestamp).FirstOrDefault(time => time is not null);
        NextOrdinal = Math.Max(item.Ordinal, NextOrdinal) + 1;
        if (historyMode != HistoryModes.Paginated)
            AppendOrdinal = Math.Max(item.CarriedOrdinal ?? AppendOrdinal, AppendOrdinal) + 1;
        else if (item.Kind != RolloutItemKind.Unreadable)
        {
            NoteMissing(item.CarriedOrdinal);
            AppendOrdinal = Math.Max(item.CarriedOrdinal ?? AppendOrdinal, AppendOrdinal - 1) + 1;
        }
        else
        {
            foreach (var record in item.Recovered)
                AppendOrdinal = Math.Max(record.Item.CarriedOrdinal ?? AppendOrdinal, AppendOrdinal - 1) + 1;
        }
        if (item.Kind == RolloutItemKind.Unreadable)
            _isBehindDamage = true;
        else if (item.CarriedOrdinal is not null)
            _isBehindDamage = false;
    }

    // Every writer numbers the records of a paginated log one by one, so a number that was left out is a line that was taken out. What is
    // missing at a damaged line was in it. The first record says where the numbers begin: at 0, or behind the history that is continued.
    void NoteMissing(long? carried)
    {
        if (_isBehindDamage || AppendOrdinal == 0 || carried is not { } ordinal || ordinal <= AppendOrdinal)
            return;
        if (_missingRecords == 0)
            (_firstMissing, _lastMissing, _lineAfterMissing) = (AppendOrdinal, ordinal - 1, _lines + _blankLines);
        _missingRecords += ordinal - AppendOrdinal;
    }

    /// <summary>Gives what the lines so far amount to.</summary>
    public LogTotals ToTotals() =>
        new()
        {
            Lines = _lines,
            BlankLines = _blankLines,
            DamagedLines = _damagedLines,
            FirstDamagedLine = _firstDamagedLine,
            LostLines = _lostLines,
            MixedLines = _mixedLines,
            CutLines = _cutLines,
            FirstCutLine = _firstCutLine,
            IsUtf16 = _isUtf16,
            MissingRecords = _missingRecords,
            FirstMissing = _firstMissing,
            LastMissing = _lastMissing,
            LineAfterMissing = _lineAfterMissing,
            IsBehindDamage = _isBehindDamage,
            NextOrdinal = NextOrdinal,
            AppendOrdinal = AppendOrdinal,
            FirstRecordAt = _firstRecordAt,
        };

    static bool IsUtf16(ReadOnlySpan<byte> line) =>
        line.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE])
        || line.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF])
        || line.StartsWith("{\0\"\0"u8)
        || line.StartsWith("\0{\0\""u8);
}
