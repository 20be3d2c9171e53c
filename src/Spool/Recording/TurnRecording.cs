namespace Spool;

/// <summary>What a program records of its thread: one turn after the other.</summary>
public static class TurnRecording
{
    extension(LiveThread thread)
    {
        /// <summary>Begins a turn with a question.</summary>
        /// <param name="question">What the user says.</param>
        /// <param name="cancellationToken">Cancels the append until it is queued.</param>
        /// <returns>The turn. Dispose it: a turn that has not ended by then is interrupted.</returns>
        /// <exception cref="InvalidOperationException">The last turn has not ended.</exception>
        /// <exception cref="ThreadStoreException">As <see cref="IThreadWriter.AppendAsync"/>.</exception>
        public async ValueTask<LiveTurn> BeginTurnAsync(string question, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(question);
            return await thread.BeginTurnAsync([new UserMessageEntry(question)], cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Begins a turn with anything: a question with images, the settings of the turn ahead of it, several messages.</summary>
        /// <param name="first">What the turn begins with, in order.</param>
        /// <param name="cancellationToken">Cancels the append until it is queued.</param>
        /// <returns>The turn. Dispose it: a turn that has not ended by then is interrupted.</returns>
        /// <exception cref="InvalidOperationException">The last turn has not ended.</exception>
        /// <exception cref="ThreadStoreException">As <see cref="IThreadWriter.AppendAsync"/>.</exception>
        public async ValueTask<LiveTurn> BeginTurnAsync(IEnumerable<ThreadEntry> first, CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(thread);
            ArgumentNullException.ThrowIfNull(first);
            return await LiveTurn.BeginAsync(thread, first, cancellationToken).ConfigureAwait(false);
        }

        /// <summary>Reads what the next call of the model gets, everything appended before included.</summary>
        /// <param name="cancellationToken">Cancels the call.</param>
        /// <returns>The messages, in order; none for a thread that has none yet.</returns>
        /// <remarks>See <see cref="ModelMessage"/>. Flushes first. Reads the whole history, and keeps the messages that count.</remarks>
        public async ValueTask<IReadOnlyList<ModelMessage>> ReadMessagesAsync(CancellationToken cancellationToken = default)
        {
            ArgumentNullException.ThrowIfNull(thread);
            return await ModelHistory.ReadAsync(thread.LoadHistoryAsync(cancellationToken)).ConfigureAwait(false);
        }
    }
}
