namespace Spool;

/// <summary>Makes ids that carry a time, whatever the clock says.</summary>
static class TimeIds
{
    /// <summary>Makes a UUID of version 7. It cannot carry a time before 1970; of an earlier one it carries 1970.</summary>
    /// <param name="time">The time.</param>
    public static Guid New(DateTimeOffset time) => Guid.CreateVersion7(time > DateTimeOffset.UnixEpoch ? time : DateTimeOffset.UnixEpoch);
}
