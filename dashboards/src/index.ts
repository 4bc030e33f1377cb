// Dashboards
export { DASHBOARDS, generatedFiles } from './generated-files.ts';
export type { Dashboard, Panel, Query, Row, Unit } from './dashboard.ts';
// Rules
export { ALERT_RULES } from './rules/alert-rules.ts';
export { RECORDING_RULES } from './rules/recording-rules.ts';
export type { AlertRule, RecordingRule } from './rules/rule.ts';
