namespace Spool;

/// <summary>How the index stores what scans learned: the fields in a fixed order, without their names. It is private to one version of the
/// index's format.</summary>
/// <remarks>The previews are not in it: they have columns of their own, which a search looks at.</remarks>
static class ScanCodec
{
    // Marks of a log, in one number: nearly no log has one.
    const long Utf16 = 1,
        BehindDamage = 2,
        Missing = 4,
        Cut = 8;

    /// <summary>Gives the bytes.</summary>
    public static byte[] Write(ScanState scan)
    {
        var fields = new FieldWriter();
        fields.Number(scan.Length);
        fields.Hash(scan.Hash);
        Write(fields, scan.Totals);
        Write(fields, scan.Facts);
        return fields.ToArray();
    }

    /// <summary>Reads the bytes.</summary>
    /// <param name="bytes">The bytes.</param>
    /// <param name="preview">The preview that the rollout itself has.</param>
    /// <param name="inherited">The preview that comes from the rollouts before this one.</param>
    public static ScanState Read(ReadOnlySpan<byte> bytes, string? preview, string? inherited)
    {
        var fields = new FieldReader(bytes);
        return new ScanState
        {
            Length = fields.Number(),
            Hash = fields.Hash(),
            Totals = ReadTotals(ref fields),
            InheritedPreview = inherited,
            Facts = ReadFacts(ref fields, preview),
        };
    }

    static void Write(FieldWriter fields, LogTotals totals)
    {
        fields.Number(totals.Lines);
        fields.Number(totals.BlankLines);
        fields.Number(totals.DamagedLines);
        fields.Number(totals.FirstDamagedLine);
        fields.Number(totals.LostLines);
        fields.Number(totals.MixedLines);
        fields.Number(
            (totals.IsUtf16 ? Utf16 : 0)
                | (totals.IsBehindDamage ? BehindDamage : 0)
                | (totals.MissingRecords != 0 ? Missing : 0)
                | (totals.CutLines != 0 ? Cut : 0)
        );
        if (totals.CutLines != 0)
        {
            fields.Number(totals.CutLines);
            fields.Number(totals.FirstCutLine);
        }
        if (totals.MissingRecords != 0)
        {
            fields.Number(totals.MissingRecords);
            fields.Number(totals.FirstMissing);
            fields.Number(totals.LastMissing);
            fields.Number(totals.LineAfterMissing);
        }
        fields.Number(totals.NextOrdinal);
        fields.Number(totals.AppendOrdinal);
        fields.Time(totals.FirstRecordAt);
    }

    static LogTotals ReadTotals(ref FieldReader fields) =>
        new()
        {
            Lines = fields.Number(),
            BlankLines = fields.Number(),
            DamagedLines = fields.Number(),
            FirstDamagedLine = fields.Number(),
            LostLines = fields.Number(),
            MixedLines = fields.Number(),
            IsUtf16 = fields.Number() is var marks && (marks & Utf16) != 0,
            IsBehindDamage = (marks & BehindDamage) != 0,
            CutLines = (marks & Cut) != 0 ? fields.Number() : 0,
            FirstCutLine = (marks & Cut) != 0 ? fields.Number() : 0,
            MissingRecords = (marks & Missing) != 0 ? fields.Number() : 0,
            FirstMissing = (marks & Missing) != 0 ? fields.Number() : 0,
            LastMissing = (marks & Missing) != 0 ? fields.Number() : 0,
            LineAfterMissing = (marks & Missing) != 0 ? fields.Number() : 0,
            NextOrdinal = fields.Number(),
            AppendOrdinal = fields.Number(),
            FirstRecordAt = fields.OptionalTime(),
        };

    static void Write(FieldWriter fields, ThreadFacts facts)
    {
        fields.Id(facts.Id);
        fields.Time(facts.CreatedAt);
        fields.Time(facts.LastItemAt);
        fields.Time(facts.LastTurnAt);
        fields.Text(facts.Cwd);
        fields.Text(facts.Source);
        fields.Text(facts.ThreadSource);
        fields.Text(facts.ModelProvider);
        fields.Text(facts.Model);
        fields.Text(facts.ReasoningEffort);
        fields.Text(facts.CliVersion);
        fields.Text(facts.Originator);
        fields.Number(facts.GitInfo is null ? 0 : 1);
        if (facts.GitInfo is { } git)
        {
            fields.Text(git.CommitHash);
            fields.Text(git.Branch);
            fields.Text(git.RepositoryUrl);
        }
        fields.Text(facts.MemoryMode);
        fields.Text(facts.HistoryMode);
        fields.Number(facts.IsBare ? 1 : 0);
        fields.Id(facts.HistoryBase?.RolloutId);
        if (facts.HistoryBase is { } @base)
        {
            fields.Number(@base.EndOrdinal);
            fields.Number(@base.EndByteOffset);
        }
        fields.Id(facts.ForkedFromId);
        fields.Id(facts.ParentThreadId);
        fields.Text(facts.AgentNickname);
        fields.Text(facts.AgentRole);
        fields.Text(facts.AgentPath);
        // Nearly always the first user message is the preview, or there is none.
        var isPreview = facts.FirstUserMessage == facts.Preview;
        fields.Number(
            facts.FirstUserMessage is null ? 0
            : isPreview ? 1
            : 2
        );
        if (facts.FirstUserMessage is not null && !isPreview)
            fields.Text(facts.FirstUserMessage);
        fields.Text(facts.Name);
        fields.Number(facts.TokensUsed);
    }

    static ThreadFacts ReadFacts(ref FieldReader fields, string? preview) =>
        new()
        {
            Id = fields.Id(),
            CreatedAt = fields.OptionalTime(),
            LastItemAt = fields.OptionalTime(),
            LastTurnAt = fields.OptionalTime(),
            Cwd = fields.Text(),
            Source = fields.Text(),
            ThreadSource = fields.Text(),
            ModelProvider = fields.Text(),
            Model = fields.Text(),
            ReasoningEffort = fields.Text(),
            CliVersion = fields.Text(),
            Originator = fields.Text(),
            GitInfo = fields.Number() == 0 ? null : new GitInfo(fields.Text(), fields.Text(), fields.Text()),
            MemoryMode = fields.Text(),
            HistoryMode = fields.Text(),
            IsBare = fields.Number() != 0,
            HistoryBase = fields.Id() is { } rollout ? new HistoryBase(rollout, fields.Number(), fields.Number()) : null,
            ForkedFromId = fields.Id(),
            ParentThreadId = fields.Id(),
            AgentNickname = fields.Text(),
            AgentRole = fields.Text(),
            AgentPath = fields.Text(),
            Preview = preview,
            FirstUserMessage = fields.Number() switch
            {
                0 => null,
                1 => preview,
                _ => fields.Text(),
            },
            Name = fields.Text(),
            TokensUsed = fields.Number(),
        };
}
