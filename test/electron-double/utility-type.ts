/** Loaded before a utility process's script: https://www.electronjs.org/docs/latest/api/process#processtype-readonly */
Object.defineProperty(process, 'type', { value: 'utility' });
