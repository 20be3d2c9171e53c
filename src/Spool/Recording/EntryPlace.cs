namespace Spool;

/// <summary>Where and when something is recorded. It decides, with the kind of the entry, which items are written.</summary>
/// <param name="ThreadId">The thread.</param>
/// <param name="HistoryMode">Its history mode, one of <see cref="HistoryModes"/>.</param>
/// <param name="TurnId">The turn that the entry belongs to.</param>
/// <param name="Time">When what is recorded was over. What took a while began its duration earlier.</param>
public sealed record EntryPlace(ThreadId ThreadId, string HistoryMode, string TurnId, DateTimeOffset Time);
